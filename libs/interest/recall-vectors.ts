import { decay } from './decay.ts'
import { type InterestShape, vectorStart } from './interest-shape.ts'
import type { ItemVectors } from './interest-state.ts'
import type { UserState } from './user-state.ts'
import { addScaled } from './vector.ts'

/** Sets, in place, the vectors of the timescales that are not stored:
 *
 *      S_τ = Σ_e  w(e) · 2^(−(asOf − t_e)/h) · v_item(e)
 *
 *  over the events that the state remembers. What is left of others is missing, which for a short half-life is next to
 *  nothing; so is what was done with items that have no vector any more. Masses are stored. */
export function recallVectors(
  { interest, remembered }: Pick<UserState, 'interest' | 'remembered'>,
  shape: InterestShape,
  vectorsOf: (itemId: string) => ItemVectors | undefined,
): void {
  const recalled = [...shape.timescales.entries()].filter(([, timescale]) => timescale.recalled)
  if (recalled.length === 0) return
  for (const [t] of recalled) {
    for (const [s, { dimension }] of shape.spaces.entries()) {
      const start = vectorStart(shape, s, t)
      interest.sums.fill(0, start, start + dimension)
    }
  }
  for (const { itemId, occurredAtMs, weight } of remembered.events) {
    const vectors = vectorsOf(itemId)
    for (const [t, { halfLifeMs }] of recalled) {
      const left = weight * decay(interest.asOfMs - occurredAtMs, halfLifeMs)
      for (const [s, { name }] of shape.spaces.entries()) {
        const vector = vectors?.get(name)
        if (vector !== undefined) addScaled(interest.sums, vectorStart(shape, s, t), vector, left)
      }
    }
  }
}
