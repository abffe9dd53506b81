import type { DurationMs } from '../../interest/time.ts'
import type { Past, ScoreSource } from '../past.ts'
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

/** Decayed counts of the events before the moment of asking: the mathematics of trending
 *  (libs/interest/decayed-counts.ts) over item numbers. Questions that come in the order of their time cost one pass; a
 *  question from the past starts the counts again. */
export function decayedPopularity(train: TimedSequences, halfLivesMs: readonly DurationMs[]): ScoreSource {
  const order = Float64Array.from(train.times.keys()).sort(
    (a, b) => train.times[a]! - train.times[b]! || a - b,
  )
  const counters = halfLivesMs.map((halfLifeMs) => counter(train, order, halfLifeMs))
  return {
    names: halfLivesMs.map((halfLifeMs) => `decayed-popularity@${halfLifeMs / DAY_MS}d`),
    score: (past, scores) => {
      counters.forEach((countsAt, h) => {
        const counts = countsAt(past)
        for (let item = 0; item < counts.length; item++) scores[h]![item] = counts[item]!
      })
    },
  }
}

export const DAY_MS = 86_400_000

/** The exponent of a float64 holds 1,023: sums of many stay finite far below that. */
const LARGEST_EXPONENT = 256

function counter(
  { items, times, catalogSize }: TimedSequences,
  order: Float64Array,
  halfLifeMs: DurationMs,
): (past: Past) => Float64Array {
  const counts = new Float64Array(catalogSize)
  let next = 0
  let landmarkMs = 0
  return ({ nowMs }) => {
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
    return counts
  }
}
