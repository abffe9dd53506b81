/** The few loops over float32 vectors that everything else is made of. Lengths are the caller's to match. */

export function dot(a: Float32Array, b: Float32Array): number {
  return dotAt(a, 0, b)
}

/** The product of `vector` with what lies at `start` of the block. Four sums at a time, as each addition of one sum would
 *  have to wait for the one before it: some three times as fast. */
export function dotAt(block: Float32Array, start: number, vector: Float32Array): number {
  let w = 0
  let x = 0
  let y = 0
  let z = 0
  const fours = vector.length - (vector.length % 4)
  for (let i = 0, at = start; i < fours; i += 4, at += 4) {
    w += block[at]! * vector[i]!
    x += block[at + 1]! * vector[i + 1]!
    y += block[at + 2]! * vector[i + 2]!
    z += block[at + 3]! * vector[i + 3]!
  }
  for (let i = fours; i < vector.length; i++) w += block[start + i]! * vector[i]!
  return w + x + (y + z)
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

/** target = factor · target + weight · vector, where `vector` is laid at `start`: one pass over memory instead of two. */
export function scaleAndAdd(
  target: Float32Array,
  start: number,
  factor: number,
  vector: Float32Array,
  weight: number,
): void {
  for (let i = 0; i < vector.length; i++)
    target[start + i] = factor * target[start + i]! + weight * vector[i]!
}
