import type { DurationMs } from './time.ts'

/** A coordinate system in which items and users have vectors. */
export interface VectorSpace {
  readonly name: string
  readonly dimension: number
  /** Which model (or producer) made the vectors; vectors of two models must never be added. */
  readonly model: string
}

export interface Timescale {
  readonly name: string
  /** @minimum 1 */
  readonly halfLifeMs: DurationMs
  /** Its vectors are not stored: readers add them up from the events that a state remembers; see recall-vectors.ts. */
  readonly recalled?: boolean
}

/** Which interest vectors every user has: one for each space and timescale.
 *
 *  All of a user's vectors lie in one `Float32Array(floats)`, space by space and, within a space, timescale by
 *  timescale: [text·session][text·recent][text·lasting][image·session]… so that folding an event in is one loop
 *  over contiguous memory, and storing them needs no copying. */
export interface InterestShape {
  readonly spaces: readonly VectorSpace[]
  readonly timescales: readonly Timescale[]
  /** Length of the block of all vectors. */
  readonly floats: number
}

export function interestShape(
  spaces: readonly VectorSpace[],
  timescales: readonly Timescale[],
): InterestShape {
  const dimensions = spaces.reduce((sum, space) => sum + space.dimension, 0)
  return { spaces, timescales, floats: dimensions * timescales.length }
}

/** Where the vector of the `space`-th space at the `timescale`-th timescale begins in the block. */
export function vectorStart(shape: InterestShape, space: number, timescale: number): number {
  let start = 0
  for (let s = 0; s < space; s++) start += shape.spaces[s]!.dimension * shape.timescales.length
  return start + timescale * shape.spaces[space]!.dimension
}
