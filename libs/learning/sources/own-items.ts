import { type Past, placeWeights, type ScoreSource } from '../past.ts'

/** What the user had before, once for each decay (in places): for data in which things are wanted again. The logarithm
 *  keeps the hundredth purchase from shouting down the second. */
export function ownItems(decays: readonly number[]): ScoreSource {
  return {
    names: decays.map((decay) => `own-items@${decay}`),
    score(past, scores) {
      for (const [d, decay] of decays.entries()) addOwn(past, decay, scores[d]!)
    },
    sharing: (past) => (item, shares) => {
      for (const [d, decay] of decays.entries()) shareOwn(past, decay, item, shares[d]!)
    },
  }
}

/** The events with an item have its score in proportion to what they count. */
function shareOwn({ items, times }: Past, decay: number, item: number, shares: Float64Array): void {
  let sum = 0
  for (const [k, weight] of placeWeights(times, decay).entries()) {
    const p = items.length - 1 - k
    if (items[p] !== item) continue
    shares[p] = weight
    sum += weight
  }
  if (sum > 0) for (let p = 0; p < shares.length; p++) shares[p]! *= Math.log1p(sum) / sum
}

function addOwn({ items, times }: Past, decay: number, scores: Float64Array): void {
  scores.fill(0)
  const weights = placeWeights(times, decay)
  for (const [k, weight] of weights.entries()) scores[items[items.length - 1 - k]!]! += weight
  for (const item of new Set(items.subarray(-weights.length))) scores[item] = Math.log1p(scores[item]!)
}
