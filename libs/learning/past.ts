import { LONGEST_PAUSE_MS } from '../interest/sessions.ts'
import type { EpochMs } from '../interest/time.ts'
import type { HadItems } from './had-items.ts'

/** What a user did until the moment of asking, as item numbers. */
export interface Past {
  /** int32[events], oldest first; at least one. */
  readonly items: Int32Array
  /** float64[events], ms since the epoch */
  readonly times: Float64Array
  /** float32[events] */
  readonly weights: Float32Array
  readonly nowMs: EpochMs
  readonly had: HadItems
}

/** What a user's state remembers of the events. */
export function newestOf(past: Past, most: number): Past {
  const { items, times, weights } = past
  return {
    ...past,
    items: items.subarray(-most),
    times: times.subarray(-most),
    weights: weights.subarray(-most),
  }
}

/** What comes next begins another visit: the newest event says less about what is wanted now, and what everybody wants says
 *  more. */
export function isAfterPause({ nowMs, times }: Past): boolean {
  return nowMs - times.at(-1)! > LONGEST_PAUSE_MS
}

/** Scores the whole catalog for one user in one or several ways: what a mixture is made of.
 *  @param scores for each name a float64[catalogSize], overwritten */
export interface ScoreSource {
  readonly names: readonly string[]
  score(past: Past, scores: readonly Float64Array[]): void
  /** Where scores are sums over events: what each event of a past adds to the score of an item. */
  sharing?(past: Past): Sharing
  readonly products?: Products
}

/** Where each name's score is the product of a query with the item's row: a weighted sum of them is that of one query. */
export interface Products {
  /** float32[catalogSize × dimension] */
  readonly rows: Float32Array
  /** For each name a float32[dimension]. */
  queries(past: Past): readonly Float32Array[]
  /** Mean and standard deviation of the products with all rows; of a large catalog, with an even sample. */
  spreadOf(query: Float32Array): { readonly mean: number; readonly deviation: number }
}

/** @param shares for each name a float64[events of the past], oldest first, of zeros */
export type Sharing = (item: number, shares: readonly Float64Array[]) => void

/** An event that counts less than this is not looked up. */
const FAINTEST = 1e-4

/** How much each event of a past counts when it is decayed by place: the event k places before the newest `e^(−k/decay)`.
 *  Events of one time have no order among themselves, so each counts what they count on average: whatever order they
 *  arrived in, the weights are the same.
 *  @param times float64[events], oldest first
 *  @returns float64 for the newest events that count at all, newest first */
export function placeWeights(times: Float64Array, decay: number): Float64Array {
  const fading = Math.exp(-1 / decay)
  const weights: number[] = []
  let left = 1
  for (let p = times.length - 1; p >= 0 && left > FAINTEST; ) {
    let sum = 0
    let tied = 0
    for (; p >= 0 && times[p] === times[times.length - 1 - weights.length]; p--, tied++) {
      sum += left
      left *= fading
    }
    for (let e = 0; e < tied; e++) weights.push(sum / tied)
  }
  return Float64Array.from(weights)
}
