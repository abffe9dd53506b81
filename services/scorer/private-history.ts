import { eventSchema, understandEvent } from '../../libs/event/event.ts'
import type { EventWeights } from '../../libs/event/event-type.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { recallVectors } from '../../libs/interest/recall-vectors.ts'
import { fingerprintOf } from '../../libs/interest/remembered-event.ts'
import { applyEvent, emptyUser, type UserBounds, type UserState } from '../../libs/interest/user-state.ts'
import type { CatalogView } from './catalog-view.ts'

/** An event of a history that a device keeps to itself: there is no user to name. */
export const privateEventSchema = eventSchema.omit({ userId: true }).strict()

export type PrivateEvent = ReturnType<typeof privateEventSchema.parse>

export interface PrivateHistory {
  /** The state that these events would have left, had they been a stored user's. Events of unknown items count for
   *  nothing. @throws HL_EVENT_* */
  stateOf(events: readonly PrivateEvent[]): UserState
}

export function privateHistory(options: {
  readonly catalog: CatalogView
  readonly shape: InterestShape
  readonly bounds: UserBounds
  readonly weights: EventWeights
  readonly now: () => number
}): PrivateHistory {
  const { catalog, shape, bounds, weights, now } = options
  return {
    stateOf(events) {
      const state = emptyUser(shape)
      for (const [offset, input] of events.entries()) {
        const event = understandEvent({ ...input, userId: 'private' }, weights, now())
        const { itemId, type, occurredAtMs, weight } = event
        const fingerprint = fingerprintOf(event.eventId ?? `private/${offset}`)
        const remembered = { fingerprint, itemId, type, occurredAtMs, weight }
        const vectors = catalog.vectorsOf(itemId)
        applyEvent(state, remembered, { partition: 'private/0', offset }, vectors, shape, bounds)
      }
      // Of a stored user they are added up from the remembered events as well.
      recallVectors(state, shape, catalog.vectorsOf)
      return state
    },
  }
}
