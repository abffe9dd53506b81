import { randomFrom } from './random.ts'
import type { Sequences } from './sequences.ts'

/** Item vectors of the `behavior` space: unit float32[dimension] each, item i at `vectors[i · dimension]`. Items that
 *  nobody had have the zero vector. */
export interface ItemFactors {
  readonly dimension: number
  readonly vectors: Float32Array
}

export interface FactorOptions {
  readonly dimension: number
  readonly seed: number
}

/** Passes over the data; the leading directions have settled by then. */
const PASSES = 6
/** Places over which a meeting of two items fades to 1/e: what people do in one go belongs together more than what they
 *  did in one life. */
const NEAR = 10

/** Matrix factorization of what stands near what in the sequences,
 *
 *      W_ij = Σ e^(−|p − q| / NEAR)   over all places p of item i and q of item j in one sequence
 *
 *  divided by √(W·1)_i · √(W·1)_j: the subspace of its leading eigenvectors, by subspace iteration (Halko, Martinsson,
 *  Tropp 2011), each item's row of it brought to length 1. Eigenvalues are left out on purpose: they would let the
 *  blockbusters' directions decide alone, and then `u · v` depends on the subspace only, not on the basis found for it.
 *  W is never written down: a decayed sum along a sequence, once forth and once back, multiplies by it.
 *  Time O(events · dimension · passes + items · dimension²). */
export function factorItems(sequences: Sequences, options: FactorOptions): ItemFactors {
  const { catalogSize } = sequences
  const dimension = Math.min(options.dimension, catalogSize)
  const met = timesNearness(sequences, new Float64Array(catalogSize).fill(1), 1)
  const scale = met.map((sum) => (sum > 0 ? 1 / Math.sqrt(sum) : 0))
  const random = randomFrom(options.seed)
  let basis = Float64Array.from({ length: catalogSize * dimension }, (_, at) => {
    return scale[Math.floor(at / dimension)]! > 0 ? random() - 0.5 : 0
  })
  for (let pass = 0; pass < PASSES; pass++) {
    orthonormalise(basis, catalogSize, dimension)
    scaleRows(basis, scale, dimension)
    basis = timesNearness(sequences, basis, dimension)
    scaleRows(basis, scale, dimension)
  }
  orthonormalise(basis, catalogSize, dimension)
  return { dimension, vectors: unitRows(basis, catalogSize, dimension) }
}

/** W · basis. */
function timesNearness(
  { starts, items }: Sequences,
  basis: Float64Array,
  dimension: number,
): Float64Array<ArrayBuffer> {
  const fading = Math.exp(-1 / NEAR)
  const product = new Float64Array(basis.length)
  const sum = new Float64Array(dimension)
  for (let user = 0; user + 1 < starts.length; user++) {
    const [from, to] = [starts[user]!, starts[user + 1]!]
    sum.fill(0)
    for (let p = from; p < to; p++) {
      const row = items[p]! * dimension
      for (let k = 0; k < dimension; k++) {
        sum[k] = sum[k]! * fading + basis[row + k]!
        product[row + k]! += sum[k]!
      }
    }
    sum.fill(0)
    for (let p = to - 1; p >= from; p--) {
      const row = items[p]! * dimension
      for (let k = 0; k < dimension; k++) {
        // The event itself was counted on the way forth.
        product[row + k]! += sum[k]! * fading
        sum[k] = sum[k]! * fading + basis[row + k]!
      }
    }
  }
  return product
}

function scaleRows(basis: Float64Array, scale: Float64Array, dimension: number): void {
  for (let item = 0; item < scale.length; item++) {
    for (let k = 0; k < dimension; k++) basis[item * dimension + k]! *= scale[item]!
  }
}

/** Makes the columns orthonormal, in place: Cholesky QR, `B ← B · L⁻ᵀ` with `L·Lᵀ = BᵀB`. */
function orthonormalise(basis: Float64Array, rows: number, dimension: number): void {
  const gram = gramOf(basis, rows, dimension)
  const floor = 1e-12 * gram.reduce((largest, value) => Math.max(largest, value), 0)
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[i * dimension + j]!
      for (let k = 0; k < j; k++) sum -= gram[i * dimension + k]! * gram[j * dimension + k]!
      gram[i * dimension + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / gram[j * dimension + j]!
    }
  }
  for (let row = 0; row < rows; row++) {
    const start = row * dimension
    for (let i = 0; i < dimension; i++) {
      let sum = basis[start + i]!
      for (let k = 0; k < i; k++) sum -= gram[i * dimension + k]! * basis[start + k]!
      basis[start + i] = sum / gram[i * dimension + i]!
    }
  }
}

function gramOf(basis: Float64Array, rows: number, dimension: number): Float64Array {
  const gram = new Float64Array(dimension * dimension)
  for (let row = 0; row < rows; row++) {
    const start = row * dimension
    for (let i = 0; i < dimension; i++) {
      const left = basis[start + i]!
      if (left === 0) continue
      for (let j = 0; j <= i; j++) gram[i * dimension + j]! += left * basis[start + j]!
    }
  }
  return gram
}

function unitRows(basis: Float64Array, rows: number, dimension: number): Float32Array {
  const vectors = new Float32Array(basis.length)
  for (let row = 0; row < rows; row++) {
    const start = row * dimension
    let squares = 0
    for (let k = 0; k < dimension; k++) squares += basis[start + k]! ** 2
    if (squares === 0) continue
    for (let k = 0; k < dimension; k++) vectors[start + k] = basis[start + k]! / Math.sqrt(squares)
  }
  return vectors
}
