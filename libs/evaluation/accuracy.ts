/** Measures of one ranked case, from the places of its targets. All lie between 0 and 1, 1 the best. */

export const cutoffs = [5, 10, 20] as const

export const accuracyNames = ['hr', 'recall', 'precision', 'ndcg', 'mrr', 'map'] as const

type AccuracyName = (typeof accuracyNames)[number]
export type AccuracyMeasure = `${AccuracyName}@${(typeof cutoffs)[number]}`

export const accuracyMeasures: readonly AccuracyMeasure[] = cutoffs.flatMap((k) =>
  accuracyNames.map((name) => `${name}@${k}` as const),
)

/** @param ranks int32[targets], rising, 0 the first place
 *  @returns float64 in the order of `accuracyMeasures` */
export function accuracyOf(ranks: Int32Array): Float64Array {
  return Float64Array.from(cutoffs.flatMap((k) => accuracyAt(ranks, k)))
}

/** In the order of `accuracyNames`. NDCG: Järvelin and Kekäläinen 2002, a target counting 1/log₂(place + 1) with places
 *  from 1; MRR: the first target's; MAP: mean over min(k, targets) of the precision at each target found. */
function accuracyAt(ranks: Int32Array, k: number): number[] {
  let hits = 0
  let gain = 0
  let precisions = 0
  while (hits < ranks.length && ranks[hits]! < k) {
    const place = ranks[hits]! + 1
    hits++
    gain += 1 / Math.log2(place + 1)
    precisions += hits / place
  }
  const findable = Math.min(k, ranks.length)
  let ideal = 0
  for (let place = 1; place <= findable; place++) ideal += 1 / Math.log2(place + 1)
  return [
    hits > 0 ? 1 : 0,
    hits / ranks.length,
    hits / k,
    gain / ideal,
    hits > 0 ? 1 / (ranks[0]! + 1) : 0,
    precisions / findable,
  ]
}
