import { dotAt } from '../interest/vector.ts'
import { type CatalogMoments, catalogMoments } from '../retrieval/catalog-moments.ts'
import type { Products } from './past.ts'

/** Products of rows, float32[items × dimension], with each other and with queries. */

export function product(rows: Float32Array, dimension: number, left: number, right: number): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) sum += rows[left * dimension + k]! * rows[right * dimension + k]!
  return sum
}

/** Products of each row with each query. Two queries at a time share the reading of a row, and two sums each do not wait for
 *  one another: that is some five times as fast as one product after the other. */
export function multiply(
  rows: Float32Array,
  queries: readonly Float32Array[],
  products: readonly Float64Array[],
): void {
  const dimension = queries[0]!.length
  if (queries.length % 2 === 1) multiplyBy(rows, queries.at(-1)!, products.at(-1)!)
  for (let q = 0; q + 1 < queries.length; q += 2) {
    const [left, right] = [queries[q]!, queries[q + 1]!]
    const [intoLeft, intoRight] = [products[q]!, products[q + 1]!]
    for (let item = 0, start = 0; item < intoLeft.length; item++, start += dimension) {
      let [a, b, c, d] = [0, 0, 0, 0]
      let k = 0
      for (; k + 1 < dimension; k += 2) {
        const x = rows[start + k]!
        const y = rows[start + k + 1]!
        a += left[k]! * x
        b += left[k + 1]! * y
        c += right[k]! * x
        d += right[k + 1]! * y
      }
      if (k < dimension) {
        a += left[k]! * rows[start + k]!
        c += right[k]! * rows[start + k]!
      }
      intoLeft[item] = a + b
      intoRight[item] = c + d
    }
  }
}

function multiplyBy(rows: Float32Array, query: Float32Array, products: Float64Array): void {
  for (let item = 0; item < products.length; item++) products[item] = dotAt(rows, item * query.length, query)
}

const SPACE = 'rows'
/** More rows hardly tell the spread better: that of so many is right to a hundredth. */
const MOST_SAMPLED = 4_000

/** Learned when first asked. */
export function spreadOver(rows: Float32Array, dimension: number): Products['spreadOf'] {
  let moments: CatalogMoments | undefined
  function learn(): CatalogMoments {
    const learned = catalogMoments([{ name: SPACE, dimension, model: SPACE }])
    const step = dimension * Math.ceil(rows.length / dimension / MOST_SAMPLED)
    for (let start = 0; start < rows.length; start += step)
      learned.add(new Map([[SPACE, rows.subarray(start, start + dimension)]]))
    return learned
  }
  return (query) => {
    moments ??= learn()
    return moments.spreadOf(new Map([[SPACE, query]]))
  }
}
