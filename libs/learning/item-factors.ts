import { randomFrom } from './random.ts'
import type { Occurrences } from './sequences.ts'

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

/** Matrix factorization of the users × items matrix whose columns are brought to length 1: the subspace of its leading
 *  right singular vectors, by subspace iteration (Halko, Martinsson, Tropp 2011), each item's row of it brought to
 *  length 1. Singular values are left out on purpose: they would let the blockbusters' directions decide alone, and
 *  then `u · v` depends on the subspace only, not on the basis found for it.
 *  Time O(events · dimension · passes + items · dimension²). */
export function factorItems(
  occurrences: Occurrences,
  catalogSize: number,
  options: FactorOptions,
): ItemFactors {
  const dimension = Math.min(options.dimension, catalogSize)
  const { userStarts } = occurrences
  const scale = Float64Array.from({ length: catalogSize }, (_, item) => {
    const had = userStarts[item + 1]! - userStarts[item]!
    return had > 0 ? 1 / Math.sqrt(had) : 0
  })
  const random = randomFrom(options.seed)
  let basis = Float64Array.from({ length: catalogSize * dimension }, (_, at) => {
    return scale[Math.floor(at / dimension)]! > 0 ? random() - 0.5 : 0
  })
  for (let pass = 0; pass < PASSES; pass++) {
    orthonormalise(basis, catalogSize, dimension)
    basis = throughUsers(occurrences, scale, basis, dimension)
  }
  orthonormalise(basis, catalogSize, dimension)
  return { dimension, vectors: unitRows(basis, catalogSize, dimension) }
}

/** XᵀX · basis, user by user, for X with unit columns. */
function throughUsers(
  { distinctStarts, distinct }: Occurrences,
  scale: Float64Array,
  basis: Float64Array,
  dimension: number,
): Float64Array<ArrayBuffer> {
  const next = new Float64Array(basis.length)
  const sum = new Float64Array(dimension)
  for (let user = 0; user + 1 < distinctStarts.length; user++) {
    sum.fill(0)
    const [from, to] = [distinctStarts[user]!, distinctStarts[user + 1]!]
    for (let d = from; d < to; d++) {
      const row = distinct[d]! * dimension
      const factor = scale[distinct[d]!]!
      for (let k = 0; k < dimension; k++) sum[k]! += factor * basis[row + k]!
    }
    for (let d = from; d < to; d++) {
      const row = distinct[d]! * dimension
      const factor = scale[distinct[d]!]!
      for (let k = 0; k < dimension; k++) next[row + k]! += factor * sum[k]!
    }
  }
  return next
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
