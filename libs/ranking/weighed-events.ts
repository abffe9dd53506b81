import { TEXT_SPACE } from '../event/item-vectors.ts'
import { decay } from '../interest/decay.ts'
import type { InterestShape } from '../interest/interest-shape.ts'
import type { RememberedEvent } from '../interest/remembered-event.ts'
import type { UserState } from '../interest/user-state.ts'
import type { Taste } from './taste.ts'

/** The `newest` remembered events, each with the weight that it has in the score: over all timescales,
 *  `w · Σ_τ c_τ · 2^(−age/h_τ)`. */
export function weighedEvents(
  { interest, remembered }: UserState,
  taste: Taste,
  shape: InterestShape,
  newest: number,
): RememberedEvent[] {
  const coefficients = taste.coefficients[shape.spaces.findIndex(({ name }) => name === TEXT_SPACE)]
  if (coefficients === undefined) return []
  return remembered.events.slice(0, newest).map((event) => {
    const ageMs = interest.asOfMs - event.occurredAtMs
    const left = shape.timescales.map(({ halfLifeMs }, t) => coefficients[t]! * decay(ageMs, halfLifeMs))
    return { ...event, weight: event.weight * left.reduce((sum, part) => sum + part, 0) }
  })
}
