/** The few loops over float32 vectors that everything else is made of. Lengths are the caller's to match. */

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

export function norm(vector: Float32Array): number {
  return Math.sqrt(dot(vector, vector))
}

/** A new vector of length 1, or zero where there is no direction. */
export function normalized(vector: Float32Array): Float32Array {
  const length = norm(vector)
  return length > 0 ? vector.map((component) => component / length) : vector.slice()
}

/** target += factor · vector, with `vector` laid at `start` of the target. */
export function addScaled(target: Float32Array, start: number, vector: Float32Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) target[start + i]! += factor * vector[i]!
}

/** target[start … end) *= factor */
export function scale(target: Float32Array, start: number, end: number, factor: number): void {
  for (let i = start; i < end; i++) target[i]! *= factor
}
