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
      let sum = matrix[row + j]!
      for (let k = 0; k < j; k++) sum -= matrix[row + k]! * matrix[other + k]!
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
