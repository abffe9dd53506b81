/** Solves A·x = b for a symmetric positive definite A, by Cholesky's decomposition A = L·Lᵀ. In place: `matrix`, of
 *  which only the lower triangle of the first `size` rows and columns is read, row by row with `stride` floats each,
 *  becomes L, and `b` becomes x.
 *
 *  A pivot that is not positive (pairs were left out of the counts, or float32 rounded them) is raised to `floor`,
 *  which holds that unknown near 0, instead of failing the whole system. */
export function solveCholesky(
  matrix: Float64Array,
  stride: number,
  size: number,
  b: Float64Array,
  floor: number,
): void {
  for (let i = 0; i < size; i++) {
    const row = i * stride
    for (let j = 0; j <= i; j++) {
      const other = j * stride
      const sum = matrix[row + j]! - productOf(matrix, row, other, j)
      matrix[row + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / matrix[other + j]!
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= matrix[i * stride + k]! * b[k]!
    b[i] = sum / matrix[i * stride + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i]!
    for (let k = i + 1; k < size; k++) sum -= matrix[k * stride + i]! * b[k]!
    b[i] = sum / matrix[i * stride + i]!
  }
}

/** Sum of products of two runs of `length` floats. Four sums do not wait for one another: that is some three times as fast
 *  as one. */
function productOf(matrix: Float64Array, one: number, other: number, length: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let k = 0
  for (; k + 3 < length; k += 4) {
    a += matrix[one + k]! * matrix[other + k]!
    b += matrix[one + k + 1]! * matrix[other + k + 1]!
    c += matrix[one + k + 2]! * matrix[other + k + 2]!
    d += matrix[one + k + 3]! * matrix[other + k + 3]!
  }
  for (; k < length; k++) a += matrix[one + k]! * matrix[other + k]!
  return a + b + (c + d)
}
