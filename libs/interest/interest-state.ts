import { decay, elapsed } from './decay.ts'
import { type InterestShape, type Timescale, vectorStart } from './interest-shape.ts'
import type { EpochMs } from './time.ts'
import { type Factors, scale, scaleAndAddEach } from './vector.ts'

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
  const factors = shape.timescales.map((timescale) =>
    factorsOf(state.asOfMs, event.occurredAtMs, timescale, event.weight),
  )
  for (let t = 0; t < factors.length; t++) {
    const { kept, added } = factors[t]!
    state.masses[t] = state.masses[t]! * kept + added
  }
  for (let s = 0; s < shape.spaces.length; s++) {
    const { name, dimension } = shape.spaces[s]!
    const start = vectorStart(shape, s, 0)
    const vector = vectors.get(name)
    if (vector === undefined)
      for (let t = 0; t < factors.length; t++)
        scale(state.sums, start + t * dimension, dimension, factors[t]!.kept)
    else scaleAndAddEach(state.sums, start, factors, vector)
  }
  state.asOfMs = Math.max(state.asOfMs, event.occurredAtMs)
}

/** Adds another state, in place: two devices, or a visitor and the account they turn out to have. */
export function mergeInterest(state: InterestState, shape: InterestShape, other: InterestState): void {
  if (other.asOfMs === 0) return
  for (const [t, timescale] of shape.timescales.entries()) {
    const factors = factorsOf(state.asOfMs, other.asOfMs, timescale, 1)
    state.masses[t] = state.masses[t]! * factors.kept + other.masses[t]! * factors.added
    for (const [s, space] of shape.spaces.entries()) {
      const start = vectorStart(shape, s, t)
      scaleAndAddEach(state.sums, start, [factors], other.sums.subarray(start, start + space.dimension))
    }
  }
  state.asOfMs = Math.max(state.asOfMs, other.asOfMs)
}

/** What is kept of a sum, and what a further term of this weight adds to it, at the later of their times. */
function factorsOf(sumMs: EpochMs, termMs: EpochMs, { halfLifeMs }: Timescale, weight: number): Factors {
  const kept = decay(elapsed(termMs, sumMs), halfLifeMs)
  return { kept, added: weight * decay(elapsed(sumMs, termMs), halfLifeMs) }
}
