import type { Choice } from './choice.ts'

/** Places down to which a hit counts: deeper than most pages, which makes the measure steadier. */
const DEPTH = 20

/** Mean discounted gain of ranking by one component alone. */
export function gainOf(choices: readonly Choice[], component: number, components: number): number {
  let gain = 0
  for (const { scores, taken } of choices) {
    const size = scores.length / components
    const own = scores.subarray(component * size, (component + 1) * size)
    const others = own.subarray(taken)
    for (let t = 0; t < taken; t++) gain += discountAt(placeAmong(others, own[t]!)) / taken
  }
  return choices.length > 0 ? gain / choices.length : 0
}

/** Place of a score among others, as far down as a hit counts. Equals share their places: what knows nothing of most items
 *  would otherwise seem to know them all. */
export function placeAmong(others: ArrayLike<number>, score: number): number {
  let place = 0
  for (let k = 0; k < others.length && place < DEPTH; k++) {
    if (others[k]! > score) place++
    else if (others[k] === score) place += 0.5
  }
  return place
}

/** 1/log₂(1 + place) down to DEPTH; the first place is 0 here. */
export function discountAt(place: number): number {
  return place < DEPTH ? 1 / Math.log2(place + 2) : 0
}
