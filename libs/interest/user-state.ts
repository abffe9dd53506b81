import { EventList } from './event-list.ts'
import type { InterestShape } from './interest-shape.ts'
import { emptyInterest, foldEvent, type InterestState, type ItemVectors } from './interest-state.ts'
import type { RememberedEvent } from './remembered-event.ts'
import { SeenItems } from './seen-items.ts'
import type { EpochMs } from './time.ts'

/** Another id of the same person; user-link.ts says what follows from it. */
export interface UserLink {
  readonly userId: string
  /** Log time at which it was last said. */
  readonly atMs: EpochMs
}

/** All that is kept about what one user did. It changes record by record, in the order of a partition's offsets,
 *  each offset once. */
export interface UserState {
  readonly interest: InterestState
  /** The newest events, bounded. */
  readonly remembered: EventList
  /** Events of items that have no vector yet, bounded. */
  readonly waiting: EventList
  /** Items the user has dealt with, bounded. */
  readonly seen: SeenItems
  /** Offset applied last, by `topic/partition`. */
  readonly applied: Map<string, number>
  /** Log time of the record by which the user was last forgotten; 0: never. */
  forgottenAtMs: EpochMs
  /** `topic/partition` of that record; empty: never. */
  forgottenIn: string
  /** The account that this id is an alias of. */
  aliasOf: UserLink | undefined
  /** Other ids of the same person, last told first, bounded. */
  readonly aliases: UserLink[]
}

/** How many of each a state keeps. */
export interface UserBounds {
  readonly remembered: number
  readonly waiting: number
  readonly seen: number
}

export const defaultBounds: UserBounds = { remembered: 50, waiting: 50, seen: 2_000 }

/** What became of one record.
 *  `redelivered`: its offset had been applied. `repeated`: another record brought the same eventId.
 *  `waiting`: kept until its item is known. `forgotten`: it was in the log before the user was forgotten. */
export type Outcome = 'applied' | 'redelivered' | 'repeated' | 'waiting' | 'forgotten'

export interface LogPosition {
  /** `topic/partition` */
  readonly partition: string
  readonly offset: number
  /** When the log received the record; absent for what comes from no log. */
  readonly logTimeMs?: EpochMs
  /** Put into the log once more, long after its log time: its place says nothing about what came before it. */
  readonly replayed?: boolean
}

export function emptyUser(shape: InterestShape): UserState {
  return {
    interest: emptyInterest(shape),
    remembered: new EventList(),
    waiting: new EventList(),
    seen: new SeenItems(),
    applied: new Map(),
    forgottenAtMs: 0,
    forgottenIn: '',
    aliasOf: undefined,
    aliases: [],
  }
}

/** Nothing is held of what the user did: at most, which records need not be applied any more. */
export function isBlank({ interest, remembered, waiting, seen }: UserState): boolean {
  return interest.asOfMs === 0 && remembered.length + waiting.length + seen.length === 0
}

/** Marks the offset as applied; false when it, or a later one, already was. */
export function takeOffset(state: UserState, at: LogPosition): boolean {
  if (at.offset <= (state.applied.get(at.partition) ?? -1)) return false
  state.applied.set(at.partition, at.offset)
  return true
}

/** Applies a record by which the user is forgotten, in place: what is left is an empty state that knows which records it
 *  is not to take in again. False when nothing changed: the record had been applied, or is older than the one by which
 *  the user was last forgotten.
 *
 *  What comes behind it in its own partition starts the user afresh. What comes from another partition has no order
 *  with it but the log's time; there it counts only when it is later. So a user stays forgotten when a partition that
 *  lags behind, or the whole log, delivers what is older. */
export function forgetUser(state: UserState, at: LogPosition & { readonly logTimeMs: EpochMs }): boolean {
  if (!takeOffset(state, at) || isOlderThanForgetting(state, at)) return false
  state.interest.asOfMs = 0
  state.interest.sums.fill(0)
  state.interest.masses.fill(0)
  for (const list of [state.remembered, state.waiting, state.seen]) list.clear()
  state.aliases.length = 0
  state.aliasOf = undefined
  state.forgottenAtMs = Math.max(state.forgottenAtMs, at.logTimeMs)
  state.forgottenIn = at.partition
  return true
}

/** For a record whose offset has not been applied yet. */
export function isOlderThanForgetting(
  { forgottenAtMs, forgottenIn }: Pick<UserState, 'forgottenAtMs' | 'forgottenIn'>,
  { partition, logTimeMs = Number.POSITIVE_INFINITY, replayed = false }: LogPosition,
): boolean {
  if (partition === forgottenIn && !replayed) return false
  return logTimeMs <= forgottenAtMs
}

/** Applies one event at its place in the log, in place. `vectors` undefined: the item is not known yet. */
export function applyEvent(
  state: UserState,
  event: RememberedEvent,
  at: LogPosition,
  vectors: ItemVectors | undefined,
  shape: InterestShape,
  bounds: UserBounds,
): { outcome: Outcome; lost: boolean } {
  if (!takeOffset(state, at)) return { outcome: 'redelivered', lost: false }
  if (isOlderThanForgetting(state, at)) return { outcome: 'forgotten', lost: false }
  if (state.remembered.has(event.fingerprint) || state.waiting.has(event.fingerprint)) {
    return { outcome: 'repeated', lost: false }
  }
  // An impression weighs nothing: it neither moves an interest nor pushes a click out of memory.
  if (event.weight === 0) return { outcome: 'applied', lost: false }
  state.seen.see(event, bounds.seen)
  if (vectors === undefined) return { outcome: 'waiting', lost: state.waiting.add(event, bounds.waiting) }
  foldEvent(state.interest, shape, event, vectors)
  state.remembered.add(event, bounds.remembered)
  return { outcome: 'applied', lost: false }
}

/** Folds in the waiting events whose items are known by now, in place; the result is the one they would have had at
 *  once. Returns those events. */
export function settleWaiting(
  state: UserState,
  vectorsOf: (itemId: string) => ItemVectors | undefined,
  shape: InterestShape,
  bounds: UserBounds,
): RememberedEvent[] {
  const settled: RememberedEvent[] = []
  if (state.waiting.length === 0) return settled
  const { events } = state.waiting
  for (const event of events) {
    const vectors = vectorsOf(event.itemId)
    if (vectors === undefined) continue
    foldEvent(state.interest, shape, event, vectors)
    state.remembered.add(event, bounds.remembered)
    settled.push(event)
  }
  if (settled.length > 0) state.waiting.keep(events.filter((event) => !settled.includes(event)))
  return settled
}
