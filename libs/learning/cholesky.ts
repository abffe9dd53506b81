/** Solves A·x = b for a symmetric positive definite A, in place: `matrix` is taken apart as by `factorCholesky`, and `b`
 *  becomes x. */
export function solveCholesky(
  matrix: Float64Array,
  stride: number,
  size: number,
  b: Float64Array,
  floor: number,
): void {
  factorCholesky(matrix, stride, size, floor)
  solveFactored(matrix, stride, size, b)
}

/** Cholesky's decomposition A = L·Lᵀ, in place: `matrix`, of which only the lower triangle of the first `size` rows and
 *  columns is read, row by row with `stride` floats each, becomes L.
 *
 *  A pivot that is not positive (pairs were left out of the counts, or float32 rounded them) is raised to `floor`,
 *  which holds that unknown near 0, instead of failing the whole system. */
export function factorCholesky(matrix: Float64Array, stride: number, size: number, floor: number): void {
  const even = size - (size % 2)
  for (let i = 0; i < even; i += 2) {
    for (let j = 0; j < i; j += 2) fillSquare(matrix, i * stride, j * stride, stride, j)
    fillCorner(matrix, i * stride, stride, i, floor)
  }
  if (even < size) fillLastRow(matrix, even * stride, stride, even, floor)
}

/** Solves L·Lᵀ·x = b in place: `b` becomes x. */
export function solveFactored(matrix: Float64Array, stride: number, size: number, b: Float64Array): void {
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

/* L is filled two rows at a time, by squares of two columns: the four sums of products share what they read and do not wait
 * for one another, which takes some 60 % of the time of four sums one after the other. `row` and `other` are where the first
 * row of a pair begins. */

/** Columns j and j + 1, left of the diagonal. */
function fillSquare(matrix: Float64Array, row: number, other: number, stride: number, j: number): void {
  const [rowBelow, otherBelow] = [row + stride, other + stride]
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let k = 0; k < j; k++) {
    const upper = matrix[row + k]!
    const lower = matrix[rowBelow + k]!
    const left = matrix[other + k]!
    const right = matrix[otherBelow + k]!
    a += upper * left
    b += upper * right
    c += lower * left
    d += lower * right
  }
  const first = matrix[other + j]!
  const between = matrix[otherBelow + j]!
  const second = matrix[otherBelow + j + 1]!
  const upper = (matrix[row + j]! - a) / first
  const lower = (matrix[rowBelow + j]! - c) / first
  matrix[row + j] = upper
  matrix[rowBelow + j] = lower
  matrix[row + j + 1] = (matrix[row + j + 1]! - b - upper * between) / second
  matrix[rowBelow + j + 1] = (matrix[rowBelow + j + 1]! - d - lower * between) / second
}

/** Columns i and i + 1 of the rows i and i + 1, on the diagonal. */
function fillCorner(matrix: Float64Array, row: number, stride: number, i: number, floor: number): void {
  const below = row + stride
  let [a, b, c] = [0, 0, 0]
  for (let k = 0; k < i; k++) {
    const upper = matrix[row + k]!
    const lower = matrix[below + k]!
    a += upper * upper
    b += upper * lower
    c += lower * lower
  }
  const first = Math.sqrt(Math.max(matrix[row + i]! - a, floor))
  const between = (matrix[below + i]! - b) / first
  matrix[row + i] = first
  matrix[below + i] = between
  matrix[below + i + 1] = Math.sqrt(Math.max(matrix[below + i + 1]! - c - between ** 2, floor))
}

/** The row that has no other below it. */
function fillLastRow(matrix: Float64Array, row: number, stride: number, i: number, floor: number): void {
  for (let j = 0; j <= i; j++) {
    let sum = matrix[row + j]!
    for (let k = 0; k < j; k++) sum -= matrix[row + k]! * matrix[j * stride + k]!
    matrix[row + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / matrix[j * stride + j]!
  }
}
