import type { Choice } from './choice.ts'

/** Places down to which a hit counts: deeper than most pages, which makes the measure steadier. */
const DEPTH = 20

/** Mean discounted gain 1/log₂(1 + place), down to DEPTH, of ranking by one component alone. Equals share their places: a
 *  component that knows nothing of most items would otherwise seem to know them all. */
export function gainOf(choices: readonly Choice[], component: number, components: number): number {
  let gain = 0
  for (const { scores, taken } of choices) {
    const size = scores.length / components
    const own = scores.subarray(component * size, (component + 1) * size)
    for (let t = 0; t < taken; t++) {
      let place = 0
      for (let k = taken; k < size && place < DEPTH; k++) {
        if (own[k]! > own[t]!) place++
        else if (own[k] === own[t]) place += 0.5
      }
      if (place < DEPTH) gain += 1 / Math.log2(place + 2) / taken
    }
  }
  return choices.length > 0 ? gain / choices.length : 0
}
