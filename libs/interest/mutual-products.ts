/** The vectors last widened; two questions never overlap, as nothing here waits. */
let wide = new Float64Array(0)

/** The product of each vector with each, float64[vectors × vectors], by the same sums in whatever order the vectors come.
 *
 *  Two rows with two others at a time, widened to float64 beforehand: each component that is read serves two sums, and is
 *  widened once, not for each product. @param vectors float32[dimension] each */
export function mutualProducts(vectors: readonly Float32Array[]): Float64Array {
  const size = vectors.length
  const dimension = vectors[0]?.length ?? 0
  widen(vectors, dimension)
  const products = new Float64Array(size * size)
  const block: Block = [0, 0, 0, 0]
  for (let a = 0; a < size; a += 2) {
    for (let b = a; b < size; b += 2) {
      multiply(a * dimension, b * dimension, dimension, block)
      for (let n = 0; n < 4; n++) {
        const [row, column] = [a + (n >> 1), b + (n & 1)]
        if (row < size && column < size)
          products[row * size + column] = products[column * size + row] = block[n]!
      }
    }
  }
  return products
}

/** Of two rows with two others: first with first, first with second, second with first, second with second. */
type Block = [number, number, number, number]

/** Row by row. Where their number is odd the last has a companion of which nothing is kept. */
function widen(vectors: readonly Float32Array[], dimension: number): void {
  const height = vectors.length + (vectors.length % 2)
  if (wide.length < height * dimension) wide = new Float64Array(height * dimension)
  for (const [place, vector] of vectors.entries()) wide.set(vector, place * dimension)
}

/** @param a where the first of two rows begins @param b where the first of the two others does */
function multiply(a: number, b: number, dimension: number, block: Block): void {
  const rows = wide
  let [w, x, y, z] = [0, 0, 0, 0]
  for (let i = 0; i < dimension; i++) {
    const first = rows[a + i]!
    const second = rows[a + dimension + i]!
    const third = rows[b + i]!
    const fourth = rows[b + dimension + i]!
    w += first * third
    x += first * fourth
    y += second * third
    z += second * fourth
  }
  block[0] = w
  block[1] = x
  block[2] = y
  block[3] = z
}
