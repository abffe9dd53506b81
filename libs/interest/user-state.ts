import type { InterestState } from './interest-state.ts'
import type { RememberedEvent } from './remembered-event.ts'
import type { SeenItem } from './seen-items.ts'

/** All that is kept about what one user did. It changes only by applying records of the log (apply-events.ts). */
export interface UserState {
  readonly interest: InterestState
  /** The newest events, newest first, bounded; see remembered-event.ts for the order. */
  remembered: RememberedEvent[]
  /** Events of items that have no vector yet, in the same order, bounded. */
  waiting: RememberedEvent[]
  /** Items the user has dealt with, newest first, bounded. */
  seen: SeenItem[]
  /** Offset applied last, by `topic/partition`. */
  readonly applied: Map<string, number>
}
