import type { VectorSpace } from '../interest/interest-shape.ts'
import type { ItemVectors } from '../interest/interest-state.ts'

/** First and second moments of all item vectors, kept up to date item by item, so that mean and deviation of any score
 *  `Σ_space q · v` over the whole catalog follow without scoring an item:
 *
 *      mean = q · μ          variance = qᵀ E[v vᵀ] q − mean²
 *
 *  An item's vectors are one vector of all spaces' dimensions, 0 where it has none. */
export interface CatalogMoments {
  add(vectors: ItemVectors): void
  remove(vectors: ItemVectors): void
  /** Over all items added and not removed; 0 and 0 over none. `queries`: float32[dimension] by space. */
  spreadOf(queries: ItemVectors): { mean: number; deviation: number }
}

/** Changes taken in together. */
const BATCH = 4

/** Costs D²/2 float64 of memory and D²/2 multiplications a change and a question, D being the sum of all dimensions:
 *  0.6 MB and some 0.1 ms for 384. */
export function catalogMoments(spaces: readonly VectorSpace[]): CatalogMoments {
  const starts = new Map<string, number>()
  let dimensions = 0
  for (const { name, dimension } of spaces) {
    starts.set(name, dimensions)
    dimensions += dimension
  }
  let items = 0
  const sums = new Float64Array(dimensions)
  /** Upper triangle of Σ v vᵀ, row by row. */
  const products = new Float64Array((dimensions * (dimensions + 1)) / 2)
  const joined = new Float64Array(dimensions)

  /** float64[BATCH × dimensions] of changes that are not in the sums yet, and the sign of each. */
  const waiting = new Float64Array(BATCH * dimensions)
  const signs: number[] = []

  function join(vectors: ItemVectors, target: Float64Array): Float64Array {
    target.fill(0)
    for (const [space, vector] of vectors) target.set(vector, starts.get(space)!)
    return target
  }

  function change(vectors: ItemVectors, sign: 1 | -1): void {
    items += sign
    join(vectors, waiting.subarray(signs.length * dimensions, (signs.length + 1) * dimensions))
    signs.push(sign)
    if (signs.length === BATCH) settle()
  }

  /** Takes in the changes that wait, four rows in one pass over the products: fewer passes, less memory traffic. */
  function settle(): void {
    if (signs.length === 0) return
    waiting.fill(0, signs.length * dimensions)
    const [a, b, c, d] = [0, 1, 2, 3].map((n) => waiting.subarray(n * dimensions, (n + 1) * dimensions))
    const [sa, sb, sc, sd] = [0, 1, 2, 3].map((n) => signs[n] ?? 0)
    for (let i = 0, at = 0; i < dimensions; at += dimensions - i, i++) {
      const fa = sa! * a![i]!
      const fb = sb! * b![i]!
      const fc = sc! * c![i]!
      const fd = sd! * d![i]!
      sums[i]! += fa + fb + fc + fd
      if (fa === 0 && fb === 0 && fc === 0 && fd === 0) continue
      for (let j = i, k = at; j < dimensions; j++, k++) {
        products[k]! += fa * a![j]! + fb * b![j]! + fc * c![j]! + fd * d![j]!
      }
    }
    signs.length = 0
  }

  /** Σ_{j > i} q[j] · products[i, j], where row i begins at `at`; four sums at a time, as in vector.ts. */
  function productAfter(i: number, q: Float64Array, at: number): number {
    let w = 0
    let x = 0
    let y = 0
    let z = 0
    let j = i + 1
    let k = at + 1
    for (; j + 3 < dimensions; j += 4, k += 4) {
      w += q[j]! * products[k]!
      x += q[j + 1]! * products[k + 1]!
      y += q[j + 2]! * products[k + 2]!
      z += q[j + 3]! * products[k + 3]!
    }
    for (; j < dimensions; j++, k++) w += q[j]! * products[k]!
    return w + x + (y + z)
  }

  return {
    add: (vectors) => change(vectors, 1),
    remove: (vectors) => change(vectors, -1),
    spreadOf(queries) {
      if (items === 0) return { mean: 0, deviation: 0 }
      settle()
      const q = join(queries, joined)
      let first = 0
      let second = 0
      for (let i = 0, at = 0; i < dimensions; at += dimensions - i, i++) {
        const factor = q[i]!
        if (factor === 0) continue
        first += factor * sums[i]!
        second += factor * (2 * productAfter(i, q, at) + factor * products[at]!)
      }
      const mean = first / items
      const variance = second / items - mean * mean
      // A difference of two large equal numbers is rounding, not variance.
      return { mean, deviation: variance > 1e-10 * (second / items) ? Math.sqrt(variance) : 0 }
    },
  }
}
