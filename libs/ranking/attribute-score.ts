import { decay } from '../interest/decay.ts'
import type { InterestShape } from '../interest/interest-shape.ts'
import type { InterestState, ItemVectors } from '../interest/interest-state.ts'
import type { RememberedEvent } from '../interest/remembered-event.ts'
import { dot } from '../interest/vector.ts'
import { scoreOf, type Taste } from './taste.ts'

export interface Attribution {
  readonly score: number
  /** Largest share first. Shares and `older` sum to the score. */
  readonly shares: readonly { readonly event: RememberedEvent; readonly share: number }[]
  /** What the remembered events do not account for: events long forgotten, or of items since removed. */
  readonly older: number
}

/** Says exactly which past event gave how much of an item's score: `S · v` is a sum over events, so each event's share
 *  is its own term, `c · w · 2^(−Δ/h) · (v_e · v)`, summed over spaces and timescales. */
export function attributeScore(
  taste: Taste,
  state: InterestState,
  shape: InterestShape,
  remembered: readonly RememberedEvent[],
  vectorsOf: (itemId: string) => ItemVectors | undefined,
  item: ItemVectors,
): Attribution {
  const score = scoreOf(taste.queries, item)
  const shares = remembered.map((event) => ({ event, share: shareOf(event) }))
  const known = shares.reduce((sum, { share }) => sum + share, 0)
  return { score, shares: shares.sort((a, b) => b.share - a.share), older: score - known }

  function shareOf(event: RememberedEvent): number {
    const vectors = vectorsOf(event.itemId)
    if (vectors === undefined) return 0
    let share = 0
    for (const [s, space] of shape.spaces.entries()) {
      const [theirs, ours] = [vectors.get(space.name), item.get(space.name)]
      if (theirs === undefined || ours === undefined) continue
      const likeness = dot(theirs, ours)
      for (const [t, timescale] of shape.timescales.entries()) {
        const left = decay(state.asOfMs - event.occurredAtMs, timescale.halfLifeMs)
        share += taste.coefficients[s]![t]! * event.weight * left * likeness
      }
    }
    return share
  }
}
