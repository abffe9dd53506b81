import { decay } from '../interest/decay.ts'
import type { InterestShape } from '../interest/interest-shape.ts'
import type { InterestState, ItemVectors } from '../interest/interest-state.ts'
import type { RememberedEvent } from '../interest/remembered-event.ts'
import { dot } from '../interest/vector.ts'
import type { EventShare } from './preference.ts'
import type { Taste } from './taste.ts'

/** Says exactly which past event gave how much of an item's score: `S · v` is a sum over events, so each event's share
 *  is its own term, `c · w · 2^(−Δ/h) · (v_e · v)`, summed over spaces and timescales. What does not depend on the item
 *  is computed once, and `v_e · v` once for all events of one item. */
export function eventShares(
  taste: Taste,
  state: InterestState,
  shape: InterestShape,
  remembered: readonly RememberedEvent[],
  vectorsOf: (itemId: string) => ItemVectors | undefined,
): (item: ItemVectors) => EventShare[] {
  const spaces = shape.spaces.map(({ name }) => name)
  const chosen = [...new Set(remembered.map(({ itemId }) => itemId))]
  const vectors = chosen.map(vectorsOf)
  const placeOf = new Map(chosen.map((itemId, place) => [itemId, place]))
  const terms = remembered.map((event) => {
    const ageMs = state.asOfMs - event.occurredAtMs
    const left = shape.timescales.map(({ halfLifeMs }) => event.weight * decay(ageMs, halfLifeMs))
    const factors = spaces.map((_, s) => {
      return left.reduce((sum, weight, t) => sum + taste.coefficients[s]![t]! * weight, 0)
    })
    return { event, place: placeOf.get(event.itemId)!, factors }
  })
  return (item) => {
    const products = spaces.map((space) => {
      const own = item.get(space)
      return vectors.map((theirs) => productOf(own, theirs?.get(space)))
    })
    return terms.map(({ event, place, factors }) => {
      let share = 0
      for (let s = 0; s < factors.length; s++) share += factors[s]! * products[s]![place]!
      return { event, share }
    })
  }
}

function productOf(own: Float32Array | undefined, theirs: Float32Array | undefined): number {
  return own === undefined || theirs === undefined ? 0 : dot(theirs, own)
}
