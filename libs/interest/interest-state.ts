import { decay } from './decay.ts'
import { type InterestShape, vectorStart } from './interest-shape.ts'
import type { EpochMs } from './time.ts'
import { addScaled, scale } from './vector.ts'

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

export function emptyInterest(shape: InterestShape): InterestState {
  return {
    asOfMs: 0,
    sums: new Float32Array(shape.floats),
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
  ageTo(state, shape, event.occurredAtMs)
  const ageMs = state.asOfMs - event.occurredAtMs
  const left = shape.timescales.map((timescale) => event.weight * decay(ageMs, timescale.halfLifeMs))
  for (const [t, weight] of left.entries()) state.masses[t]! += weight
  for (const [s, space] of shape.spaces.entries()) {
    const vector = vectors.get(space.name)
    if (vector === undefined) continue
    for (const [t, weight] of left.entries()) addScaled(state.sums, vectorStart(shape, s, t), vector, weight)
  }
}

/** Adds another state, in place: two devices, or a visitor and the account they turn out to have. */
export function mergeInterest(state: InterestState, shape: InterestShape, other: InterestState): void {
  if (other.asOfMs === 0) return
  ageTo(state, shape, other.asOfMs)
  const ageMs = state.asOfMs - other.asOfMs
  for (const [t, timescale] of shape.timescales.entries()) {
    const factor = decay(ageMs, timescale.halfLifeMs)
    state.masses[t]! += other.masses[t]! * factor
    for (const [s, space] of shape.spaces.entries()) {
      const start = vectorStart(shape, s, t)
      addScaled(state.sums, start, other.sums.subarray(start, start + space.dimension), factor)
    }
  }
}

/** Brings the state forward to `toMs`, in place; does nothing when it stands there or later already. */
function ageTo(state: InterestState, shape: InterestShape, toMs: EpochMs): void {
  if (toMs <= state.asOfMs) return
  const elapsedMs = toMs - state.asOfMs
  state.asOfMs = toMs
  for (const [t, timescale] of shape.timescales.entries()) {
    const factor = decay(elapsedMs, timescale.halfLifeMs)
    state.masses[t]! *= factor
    for (const [s, space] of shape.spaces.entries()) {
      const start = vectorStart(shape, s, t)
      scale(state.sums, start, start + space.dimension, factor)
    }
  }
}
