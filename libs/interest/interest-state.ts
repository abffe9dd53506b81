import type { InterestShape } from './interest-shape.ts'
import type { EpochMs } from './time.ts'

/** A user's decayed sums: `S_τ` per space and timescale, and `M_τ` per timescale, both as they stand at `asOfMs`. */
export interface InterestState {
  /** Time of the newest event folded in; 0 for a user without events. */
  asOfMs: EpochMs
  /** float32[shape.floats], laid out as interest-shape.ts says. */
  readonly sums: Float32Array
  /** float64[timescales]: decayed sum of event weights. */
  readonly masses: Float64Array
}

export function emptyInterest(shape: InterestShape): InterestState {
  return {
    asOfMs: 0,
    sums: new Float32Array(shape.floats),
    masses: new Float64Array(shape.timescales.length),
  }
}
