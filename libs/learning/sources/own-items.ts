import { type Past, placeWeights, type ScoreSource } from '../past.ts'

/** What the user had before, once for each decay (in places): for data in which things are wanted again. The logarithm
 *  keeps the hundredth purchase from shouting down the second. */
export function ownItems(decays: readonly number[]): ScoreSource {
  return {
    names: decays.map((decay) => `own-items@${decay}`),
    score(past, scores) {
      for (const [d, decay] of decays.entries()) addOwn(past, decay, scores[d]!)
    },
  }
}

function addOwn({ items, times }: Past, decay: number, scores: Float64Array): void {
  scores.fill(0)
  const weights = placeWeights(times, decay)
  for (const [k, weight] of weights.entries()) scores[items[items.length - 1 - k]!]! += weight
  for (const item of new Set(items.subarray(-weights.length))) scores[item] = Math.log1p(scores[item]!)
}
