import { decay, elapsed } from '../interest/decay.ts'
import { type InterestShape, vectorStart } from '../interest/interest-shape.ts'
import type { InterestState, ItemVectors } from '../interest/interest-state.ts'
import type { EpochMs } from '../interest/time.ts'
import { addScaled, dot, norm } from '../interest/vector.ts'

/** How much each space and each timescale has to say. Unnamed ones count 0 (timescale) or 1 (space). */
export interface ScoreWeights {
  readonly spaces: Readonly<Record<string, number>>
  readonly timescales: Readonly<Record<string, number>>
}

export const defaultScoreWeights: ScoreWeights = {
  spaces: {},
  timescales: { session: 0.5, recent: 0.3, lasting: 0.2 },
}

/** A user's interest made ready to score items: one vector per space, so that score(item) = Σ_space query · v. */
export interface Taste {
  readonly queries: ReadonlyMap<string, Float32Array>
  /** c[space][timescale]: what `S_τ · v` (as of the state's time) is multiplied by in a score. */
  readonly coefficients: readonly (readonly number[])[]
}

/** One view's worth of interest: a timescale with less left in it than this speaks more softly. */
const QUIET = 1

/** Interest is not let fade further than to a thousandth: somebody who comes back after years is met with what they
 *  wanted then, and not as a stranger. */
const FAINTEST_HALF_LIVES = 10

/** Blends the timescales at `nowMs`.
 *
 *  Each is brought to a common loudness, `S / (‖S‖ + 1)`: of length near 1 while it is fed, fading to nothing as it
 *  decays, so that a session three days old does not shout over the month. For a given state this is linear in the
 *  events, which keeps the explanation exact. */
export function tasteAt(
  state: InterestState,
  shape: InterestShape,
  weights: ScoreWeights,
  nowMs: EpochMs,
): Taste {
  const longestMs = Math.max(...shape.timescales.map((timescale) => timescale.halfLifeMs))
  const elapsedMs = Math.min(elapsed(nowMs, state.asOfMs), FAINTEST_HALF_LIVES * longestMs)
  const left = shape.timescales.map((timescale) => decay(elapsedMs, timescale.halfLifeMs))
  const queries = new Map<string, Float32Array>()
  const coefficients = shape.spaces.map((space, s) => {
    const query = new Float32Array(space.dimension)
    const row = shape.timescales.map((timescale, t) => {
      const start = vectorStart(shape, s, t)
      const sum = state.sums.subarray(start, start + space.dimension)
      const loudness = left[t]! / (norm(sum) * left[t]! + QUIET)
      const coefficient =
        (weights.spaces[space.name] ?? 1) * (weights.timescales[timescale.name] ?? 0) * loudness
      addScaled(query, 0, sum, coefficient)
      return coefficient
    })
    queries.set(space.name, query)
    return row
  })
  return { queries, coefficients }
}

/** False where nothing is wanted more than anything else: what was liked and disliked cancels out, or nothing of it has a
 *  vector. */
export function hasDirection(queries: Taste['queries']): boolean {
  return [...queries.values()].some((query) => query.some((component) => component !== 0))
}

export function scoreOf(queries: Taste['queries'], vectors: ItemVectors): number {
  let score = 0
  for (const [space, query] of queries) {
    const vector = vectors.get(space)
    if (vector !== undefined) score += dot(query, vector)
  }
  return score
}
