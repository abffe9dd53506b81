import type { UserState } from '../../../libs/interest/user-state.ts'
import type { LoggedEvent, LogPlace } from './ledger.ts'
import { EVER, type Room, weightsIn } from './small-world.ts'

/** The events whose weight the user's vectors hold. @throws when one is held more than once, or none of them */
export function countedIn(state: UserState, events: readonly LoggedEvent[]): Set<LoggedEvent> {
  const weights = events.map(({ event }) => event.weight)
  const counted = weightsIn(state.interest.masses[EVER]!, weights)
  return new Set(events.filter(({ event }) => counted.has(event.weight)))
}

/** What must be true of a stored user at every moment, whatever has failed:
 *  each event the user has, counted or waiting, is there once and is of the log; and these are exactly the events up to
 *  the offsets stored with them, which cover all that the partitions' positions claim to have applied, and of which none is
 *  there that was forgotten.
 *  @param events of this user, in the log
 *  @param positions of the partitions, by `topic/partition`
 *  @throws naming what is broken */
export function requireSafe(
  state: UserState,
  events: readonly LoggedEvent[],
  positions: ReadonlyMap<string, number>,
  room: Room,
): void {
  const counted = countedIn(state, events)
  const waiting = new Set(state.waiting.events.map(({ fingerprint }) => fingerprint))
  const remembered = new Set(state.remembered.events.map(({ fingerprint }) => fingerprint))
  if (waiting.size !== state.waiting.length) throw new Error('an event waits twice')
  if (remembered.size !== state.remembered.length) throw new Error('an event is remembered twice')
  const isTaken = ({ partition, offset }: LogPlace): boolean => offset <= (state.applied.get(partition) ?? -1)
  for (const each of events.filter(({ isSentAnew }) => !isSentAnew)) {
    const { fingerprint } = each.event
    const held = Number(counted.has(each)) + Number(waiting.delete(fingerprint))
    const name = `the event first at ${each.copies[0]!.partition}/${each.copies[0]!.offset}`
    if (held > 1) throw new Error(`${name} is counted, and waits as well`)
    if (each.erasedBy.some(isTaken)) {
      if (held === 1) throw new Error(`${name} is held, and its user was forgotten since`)
      continue
    }
    if (remembered.delete(fingerprint) && !counted.has(each))
      throw new Error(`${name} is not counted but remembered`)
    const isApplied = each.copies.some(isTaken)
    if (held === 1 && !isApplied && !each.erasedBefore.some(isTaken))
      throw new Error(`${name} is held, and by the user's offsets not yet applied`)
    if (held === 1 || room.mayLose) continue
    if (isApplied) throw new Error(`${name} is lost: by the user's offsets it was applied`)
    requireStillToCome(each, positions)
  }
  if (waiting.size + remembered.size > 0) throw new Error('an event is held that is not in the log')
}

/** An event that a user does not have must lie beyond the positions, to be delivered yet. */
export function requireStillToCome({ copies }: LoggedEvent, positions: ReadonlyMap<string, number>): void {
  for (const { partition, offset } of copies) {
    const position = positions.get(partition) ?? 0
    if (offset < position) {
      throw new Error(`the event at ${partition}/${offset} is lost: the partition's position is ${position}`)
    }
  }
}
