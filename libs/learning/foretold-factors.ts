import { dotAt, norm } from '../interest/vector.ts'
import { factorCholesky, solveFactored } from './cholesky.ts'
import type { ItemFactors } from './item-factors.ts'

/** By item number: unit vectors of one length; undefined for items without text. */
export type ItemTexts = readonly (Float32Array | undefined)[]

/** λ: as much as one text that stands for nothing. */
const RIDGE = 1
/** Events that the place which a text foretells counts for beside those that an item had. */
const TEXT_COUNTS = 1

/** Moves items of which little is known towards where their texts belong: an item of n events stands at
 *
 *      v' = unit(n · v + TEXT_COUNTS · unit(M · t)),    M = (Σ √n·v·tᵀ) · (Σ √n·t·tᵀ + λI)⁻¹
 *
 *  over the items that somebody had, so that one that nobody had stands wholly where its text puts it, among all others on
 *  equal terms, and one that many had stays. M is the ridge regression of the factors on the texts; √n, because the factors
 *  of rare items are mostly noise, and yet there are more of them. Items without text stay where they are.
 *  Time O(items · text dimension²).
 *  @param popularity events of each item, float64[items] */
export function foretellFactors(
  factors: ItemFactors,
  popularity: Float64Array,
  texts: ItemTexts,
): ItemFactors {
  const length = texts.find((text) => text !== undefined)?.length
  if (length === undefined) return factors
  const { dimension } = factors
  const matrix = regression(factors, popularity, texts, length)
  const vectors = factors.vectors.slice()
  const foretold = new Float32Array(dimension)
  texts.forEach((text, item) => {
    if (text === undefined) return
    for (let d = 0; d < dimension; d++) foretold[d] = dotAt(matrix, d * length, text)
    const share = TEXT_COUNTS / norm(foretold)
    if (!Number.isFinite(share)) return
    const own = vectors.subarray(item * dimension, (item + 1) * dimension)
    for (let d = 0; d < dimension; d++) own[d] = popularity[item]! * own[d]! + share * foretold[d]!
    const whole = norm(own) || 1
    for (let d = 0; d < dimension; d++) own[d]! /= whole
  })
  return { dimension, vectors }
}

/** M, row by row: float32[dimension · text dimension]. */
function regression(
  { dimension, vectors }: ItemFactors,
  popularity: Float64Array,
  texts: ItemTexts,
  length: number,
): Float32Array {
  const gram = new Float64Array(length * length)
  for (let a = 0; a < length; a++) gram[a * length + a] = RIDGE
  const rows = Array.from({ length: dimension }, () => new Float64Array(length))
  texts.forEach((text, item) => {
    if (text === undefined || popularity[item] === 0) return
    const weight = Math.sqrt(popularity[item]!)
    for (let a = 0; a < length; a++) {
      const scaled = weight * text[a]!
      for (let b = 0; b <= a; b++) gram[a * length + b]! += scaled * text[b]!
    }
    for (const [d, row] of rows.entries()) {
      const scaled = weight * vectors[item * dimension + d]!
      for (let a = 0; a < length; a++) row[a]! += scaled * text[a]!
    }
  })
  factorCholesky(gram, length, length, RIDGE)
  const matrix = new Float32Array(dimension * length)
  for (const [d, row] of rows.entries()) {
    solveFactored(gram, length, length, row)
    matrix.set(row, d * length)
  }
  return matrix
}
