import { forgetWithRecord } from '../../libs/event/control-record.ts'
import { isForgottenWith } from '../../libs/interest/user-link.ts'
import type { InterestStore, UserWrite } from '../../libs/store/interest-store.ts'
import type { Applied } from './apply-records.ts'
import type { EventTracking } from './event-tracking.ts'
import type { UserRecord } from './understand-batch.ts'

/** A user whose records were applied in memory, and who is to be written. */
export interface AppliedUser {
  readonly records: readonly UserRecord[]
  readonly result: Applied
  readonly write: UserWrite
}

/** Strikes users who are forgotten off the lists of those who wait for an item. That comes before the states are written:
 *  a crash in between is made good when the batch comes again, and no list keeps the id of a user who is gone. */
export function stopWaiting(applied: readonly AppliedUser[], store: InterestStore): Promise<void> {
  return strikeOff(applied, ({ forgottenItems }) => forgottenItems, store)
}

/** Strikes users off the lists of items whose events they do not hold: no state would tell, when they are forgotten. That comes
 *  after the states are written, for whoever was refused may wait by now. */
export function stopDropped(written: readonly AppliedUser[], store: InterestStore): Promise<void> {
  return strikeOff(written, ({ droppedItems }) => droppedItems, store)
}

async function strikeOff(
  users: readonly AppliedUser[],
  itemsOf: (result: Applied) => readonly string[],
  store: InterestStore,
): Promise<void> {
  const usersOf = new Map<string, string[]>()
  for (const { result, write } of users) {
    for (const itemId of itemsOf(result)) {
      const theirs = usersOf.get(itemId)
      if (theirs === undefined) usersOf.set(itemId, [write.userId])
      else theirs.push(write.userId)
    }
  }
  await Promise.all([...usersOf].map(([itemId, userIds]) => store.removeWaiting(itemId, userIds)))
}

const NEVER_STORED = { aliasOf: undefined, forgottenAtMs: 0 }

/** Lets the other ids of users who are forgotten be forgotten too: through their own partitions, where alone their states are
 *  changed, and where alone it is known whose they are by then. What was stated of them has no such place; it goes where the
 *  store holds the id to be this user's, or nobody's. That, too, comes before the states are written, which name those ids
 *  no more. The log takes the same request twice without harm; left out are those seen to be forgotten already, and
 *  requests in `asked`, to which the others are added.
 *  @returns whether the log was called: what was read and written before may be gone by now with a store that came back
 *  older, of which no call has failed, and everything is to be done again */
export async function forgetAliases(
  applied: readonly AppliedUser[],
  { log, store, topics }: Pick<EventTracking, 'log' | 'store' | 'topics'>,
  asked: Set<string>,
): Promise<boolean> {
  const named = applied.flatMap(({ result, write }) =>
    result.forgottenAliases.map(({ alias, ...request }) => {
      const account = { userId: write.userId, atMs: alias.atMs }
      // Two accounts may name one alias, and only one of the two is its own.
      const name = JSON.stringify([alias.userId, account.userId, request.requestedAtMs])
      return { ...request, aliasId: alias.userId, account, name }
    }),
  )
  if (named.length === 0) return false
  const stored = await store.readUsers(named.map(({ aliasId }) => aliasId))
  const due = named
    .map((request, index) => ({ ...request, state: stored[index]?.state ?? NEVER_STORED }))
    .filter(({ name, requestedAtMs, state }) => state.forgottenAtMs < requestedAtMs && !asked.has(name))
  if (due.length === 0) return false
  for (const { name } of due) asked.add(name)
  const theirs = due.filter(({ state, account, requestedAtMs }) => {
    return isForgottenWith(state, account, requestedAtMs)
  })
  // First what was stated: once an id is seen to be forgotten, nobody asks for that again.
  await log.append(
    topics.users,
    theirs.map(({ aliasId }) => ({ key: aliasId, value: null })),
  )
  await log.append(
    topics.events,
    due.map(({ aliasId, account, receiptId, requestedAtMs }) => {
      return forgetWithRecord(aliasId, account, receiptId, requestedAtMs)
    }),
  )
  return true
}

/** Erases what was shown to users who are forgotten, also before the states are written. */
export async function forgetShown(
  applied: readonly AppliedUser[],
  { store, attributionWindowMs }: Pick<EventTracking, 'store' | 'attributionWindowMs'>,
): Promise<void> {
  for (const { result, write } of applied) {
    if (result.forgotten)
      await store.forgetShown([write.userId], write.state.forgottenAtMs, attributionWindowMs)
  }
}
