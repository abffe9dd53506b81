import { addScaled } from '../interest/vector.ts'
import type { MixtureWeights } from './mixture.ts'
import type { Past, Products, ScoreSource } from './past.ts'
import { multiply } from './products.ts'
import { standardise } from './standardise.ts'

/** The weighted sum of standard scores for one past. */
export interface MixedScores {
  /** float64[catalogSize], valid until the next past. */
  readonly scores: Float64Array
  /** What each event of the past adds to the score of an item, float64[events], oldest first. What is left of the score no
   *  event accounts for: popularity, and the average that standard scores are taken from. */
  sharing(): (item: number) => Float64Array
}

/** Mixes all components of the sources without keeping any apart. Where scores are products, the components' queries are
 *  added up, and the rows are gone through once. */
export function mixedScores(
  sources: readonly ScoreSource[],
  catalogSize: number,
): (past: Past, weights: MixtureWeights) => MixedScores {
  const sums = new Float64Array(catalogSize)
  const buffers: Float64Array[] = []
  const bufferFor = (n: number) => (buffers[n] ??= new Float64Array(catalogSize))

  function addProducts({ rows, queries, spreadOf }: Products, past: Past, weights: readonly number[]) {
    const all = queries(past)
    const query = new Float32Array(all[0]!.length)
    let average = 0
    const scales = all.map((own, n) => {
      const { mean, deviation } = spreadOf(own)
      const scale = deviation > 0 ? weights[n]! / deviation : 0
      addScaled(query, 0, own, scale)
      average += scale * mean
      return scale
    })
    const products = bufferFor(0)
    multiply(rows, [query], [products])
    for (let item = 0; item < catalogSize; item++) sums[item]! += products[item]! - average
    return scales
  }

  function addScores({ names, score }: ScoreSource, past: Past, weights: readonly number[]): number[] {
    const scores = names.map((_, n) => bufferFor(n))
    score(past, scores)
    return scores.map((own, n) => {
      const weight = weights[n]!
      if (weight === 0) return 0
      const deviation = standardise(own)
      for (let item = 0; item < catalogSize; item++) sums[item]! += weight * own[item]!
      return deviation > 0 ? weight / deviation : 0
    })
  }

  return (past, mixture) => {
    sums.fill(0)
    const parts = sources
      .map((source) => ({ source, weights: source.names.map((name) => mixture[name] ?? 0) }))
      .filter(({ weights }) => weights.some((weight) => weight !== 0))
      .map(({ source, weights }) => {
        const { products } = source
        const scales = products ? addProducts(products, past, weights) : addScores(source, past, weights)
        return { source, scales }
      })
    return { scores: sums, sharing: () => sharingOf(parts, past) }
  }
}

/** @param parts each with what the share of each of its components is multiplied by in the sum */
function sharingOf(
  parts: readonly { readonly source: ScoreSource; readonly scales: readonly number[] }[],
  past: Past,
): (item: number) => Float64Array {
  const events = past.items.length
  const adding = parts.map(({ source, scales }) => ({ scales, add: source.sharing?.(past) }))
  return (item) => {
    const sums = new Float64Array(events)
    for (const { scales, add } of adding) {
      const shares = scales.map(() => new Float64Array(events))
      add?.(item, shares)
      for (const [n, own] of shares.entries())
        for (let p = 0; p < events; p++) sums[p]! += scales[n]! * own[p]!
    }
    return sums
  }
}
