import type { DurationMs, EpochMs } from '../../interest/time.ts'
import type { ScoreSource } from '../past.ts'
import type { Sequences, TimedSequences } from '../sequences.ts'

/** Events of each item, whoever's. */
export function popularityOf({ items, catalogSize }: Pick<Sequences, 'items' | 'catalogSize'>): Float64Array {
  const counts = new Float64Array(catalogSize)
  for (const item of items) counts[item]!++
  return counts
}

/** Logarithms of counts: in a mixture a hundredfold count does not speak a hundred times as loudly. */
export function popularity(counts: Float64Array): ScoreSource {
  const logs = counts.map(Math.log1p)
  return { names: ['popularity'], score: (_, [scores]) => scores!.set(logs) }
}

/** What everybody wants lately: decayed counts. */
export function decayedPopularity(train: TimedSequences, halfLivesMs: readonly DurationMs[]): ScoreSource {
  const countsAt = decayedCounts(train, halfLivesMs)
  return {
    names: halfLivesMs.map((halfLifeMs) => `decayed-popularity@${halfLifeMs / DAY_MS}d`),
    score: ({ nowMs }, scores) => {
      for (const [h, { counts }] of countsAt(nowMs).entries()) scores[h]!.set(counts)
    },
  }
}

/** At the moment of asking an item's count is `counts[item] · scale`. */
export interface DecayedCounts {
  /** float64[catalogSize], valid until the next question. */
  readonly counts: Float64Array
  readonly scale: number
}

/** Decayed counts of the events before the moment of asking, for each half-life: the mathematics of trending (libs/interest/decayed-counts.ts) over item numbers. Questions that come in the order of
 *  their time cost one pass; a question from the past starts the counts again. */
export function decayedCounts(
  events: Omit<TimedSequences, 'starts'>,
  halfLivesMs: readonly DurationMs[],
): (nowMs: EpochMs) => DecayedCounts[] {
  const { times } = events
  const order = Float64Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b)
  const counters = halfLivesMs.map((halfLifeMs) => counter(events, order, halfLifeMs))
  return (nowMs) => counters.map((countsAt) => countsAt(nowMs))
}

export const DAY_MS = 86_400_000

/** The exponent of a float64 holds 1,023: sums of many stay finite far below that. */
const LARGEST_EXPONENT = 256

function counter(
  { items, times, catalogSize }: Omit<TimedSequences, 'starts'>,
  order: Float64Array,
  halfLifeMs: DurationMs,
): (nowMs: EpochMs) => DecayedCounts {
  const counts = new Float64Array(catalogSize)
  let next = 0
  let landmarkMs = 0
  return (nowMs) => {
    if (next > 0 && times[order[next - 1]!]! >= nowMs) next = 0
    if (next === 0) {
      counts.fill(0)
      landmarkMs = times[order[0]!] ?? 0
    }
    for (; next < order.length && times[order[next]!]! < nowMs; next++) {
      const time = times[order[next]!]!
      if ((time - landmarkMs) / halfLifeMs > LARGEST_EXPONENT) {
        const factor = 2 ** ((landmarkMs - time) / halfLifeMs)
        for (let item = 0; item < counts.length; item++) counts[item]! *= factor
        landmarkMs = time
      }
      counts[items[order[next]!]!]! += 2 ** ((time - landmarkMs) / halfLifeMs)
    }
    return { counts, scale: 2 ** ((landmarkMs - nowMs) / halfLifeMs) }
  }
}
