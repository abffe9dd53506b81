import type { DurationMs, EpochMs } from '../interest/time.ts'
import type { TimedSequences } from './sequences.ts'

/** Decayed counts of the events before a moment: an item's is `counts[item] · scale`. */
export interface CountsBefore {
  /** float64[catalogSize], valid until the next question. */
  readonly counts: Float64Array
  readonly scale: number
}

/** Events, whoever's. */
export type TimedItems = Omit<TimedSequences, 'starts'>

/** For each half-life the counts before the moment of asking: the mathematics of trending (libs/interest/decayed-counts.ts)
 *  over item numbers. Questions that come in the order of their time cost one pass; a question from the past starts the
 *  counts again. */
export function countsBefore(
  events: TimedItems,
  halfLivesMs: readonly DurationMs[],
): (nowMs: EpochMs) => CountsBefore[] {
  const { times } = events
  const order = Float64Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b)
  const counters = halfLivesMs.map((halfLifeMs) => counter(events, order, halfLifeMs))
  return (nowMs) => counters.map((countsAt) => countsAt(nowMs))
}

/** The exponent of a float64 holds 1,023: sums of many stay finite far below that. */
const LARGEST_EXPONENT = 256

function counter(
  { items, times, catalogSize }: TimedItems,
  order: Float64Array,
  halfLifeMs: DurationMs,
): (nowMs: EpochMs) => CountsBefore {
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
