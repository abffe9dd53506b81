import { decay, elapsed } from './decay.ts'
import { type InterestShape, type Timescale, vectorStart } from './interest-shape.ts'
import type { EpochMs } from './time.ts'
import { scale, scaleAndAdd } from './vector.ts'

/** A user's decayed sums: `S_τ` per space and timescale, and `M_τ` per timescale, both as they stand at `asOfMs`:
 *
 *      S_τ(t) = Σ_e  w(e) · 2^(−(t − t_e)/h) · v_item(e)          M_τ(t) = Σ_e  w(e) · 2^(−(t − t_e)/h)
 *
 *  A sum does not care for the order of its terms: whatever the order of arrival, the state comes out the same. */
export interface InterestState {
  /** Time of the newest event folded in; 0 for a user without events. */
  asOfMs: EpochMs
  /** float32[shape.floats], laid out as interest-shape.ts says. */
  readonly sums: Float32Array
  /** float64[timescales]: decayed sum of event weights. */
  readonly masses: Float64Array
}

/** The unit vectors of one item, by space; a space may be absent. */
export type ItemVectors = ReadonlyMap<string, Float32Array>

/** @param sums zeros, float32[shape.floats]: many users at once may lie in one block of memory */
export function emptyInterest(
  shape: InterestShape,
  sums: Float32Array = new Float32Array(shape.floats),
): InterestState {
  return {
    asOfMs: 0,
    sums,
    masses: new Float64Array(shape.timescales.length),
  }
}

/** Folds one event into the state, in place: a newer one ages the state, an older one is aged itself. */
export function foldEvent(
  state: InterestState,
  shape: InterestShape,
  event: { readonly occurredAtMs: EpochMs; readonly weight: number },
  vectors: ItemVectors,
): void {
  if (event.weight === 0) return
  for (let t = 0; t < shape.timescales.length; t++) {
    const { kept, left } = factorsOf(state.asOfMs, event.occurredAtMs, shape.timescales[t]!)
    const weight = event.weight * left
    state.masses[t] = state.masses[t]! * kept + weight
    for (let s = 0; s < shape.spaces.length; s++) {
      const { name, dimension } = shape.spaces[s]!
      const start = vectorStart(shape, s, t)
      const vector = vectors.get(name)
      if (vector === undefined) scale(state.sums, start, start + dimension, kept)
      else scaleAndAdd(state.sums, start, kept, vector, weight)
    }
  }
  state.asOfMs = Math.max(state.asOfMs, event.occurredAtMs)
}

/** Adds another state, in place: two devices, or a visitor and the account they turn out to have. */
export function mergeInterest(state: InterestState, shape: InterestShape, other: InterestState): void {
  if (other.asOfMs === 0) return
  for (const [t, timescale] of shape.timescales.entries()) {
    const { kept, left } = factorsOf(state.asOfMs, other.asOfMs, timescale)
    state.masses[t] = state.masses[t]! * kept + other.masses[t]! * left
    for (const [s, space] of shape.spaces.entries()) {
      const start = vectorStart(shape, s, t)
      scaleAndAdd(state.sums, start, kept, other.sums.subarray(start, start + space.dimension), left)
    }
  }
  state.asOfMs = Math.max(state.asOfMs, other.asOfMs)
}

/** What is kept of a sum, and what is left of a further term, at the later of their times. */
function factorsOf(
  sumMs: EpochMs,
  termMs: EpochMs,
  { halfLifeMs }: Timescale,
): { kept: number; left: number } {
  return { kept: decay(elapsed(termMs, sumMs), halfLifeMs), left: decay(elapsed(sumMs, termMs), halfLifeMs) }
}
