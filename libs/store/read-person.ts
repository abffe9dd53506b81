import { accountOf, linkedIds, otherIds } from '../interest/user-link.ts'
import type { UserState } from '../interest/user-state.ts'
import type { InterestStore } from './interest-store.ts'

/** Somebody with all their ids. */
export interface Person {
  /** The account's first. Of whoever has only one id, that. */
  readonly ids: readonly string[]
  /** What is held under these ids, in their order; under some it may be nothing. */
  readonly states: readonly UserState[]
}

/** Read beside the ids asked for. */
const MOST_IDS = 1_000

/** Everything that is held under any id of the person who has this one. One round trip; whoever has several ids costs one
 *  more when asked for by the account, another one when asked for by one of several anonymous ids, and one more for each
 *  further link of a chain.
 *  @throws HL_STORE_UNAVAILABLE, HL_STORE_CORRUPT */
export async function readPerson(store: Pick<InterestStore, 'readUsers'>, userId: string): Promise<Person> {
  return (await readPeople(store, [userId]))[0]!
}

/** As `readPerson`, of several in as many round trips as one of them takes. */
export async function readPeople(
  store: Pick<InterestStore, 'readUsers'>,
  userIds: readonly string[],
): Promise<Person[]> {
  const states = new Map<string, UserState>()
  const asked = new Set<string>()
  let ids = [...new Set(userIds)]
  const most = ids.length + MOST_IDS
  while (ids.length > 0) {
    const stored = await store.readUsers(ids)
    for (const [index, id] of ids.entries()) {
      asked.add(id)
      const state = stored[index]?.state
      if (state !== undefined) states.set(id, state)
    }
    ids = [...namedBy(userIds, states)].filter((id) => !asked.has(id)).slice(0, most - asked.size)
  }
  return userIds.map((userId) => personOf(userId, states))
}

/** The ids that those people's states name. An id that is named and does not say the same leads no further. */
function namedBy(userIds: readonly string[], states: ReadonlyMap<string, UserState>): Set<string> {
  const named = new Set<string>()
  for (const userId of userIds) {
    for (const id of linkedIds(userId, states)) {
      const state = states.get(id)
      for (const other of state === undefined ? [] : otherIds(state)) named.add(other)
    }
  }
  return named
}

function personOf(userId: string, states: ReadonlyMap<string, UserState>): Person {
  const linked = linkedIds(userId, states)
  const account = accountOf(linked, states)
  const ids = [account, ...[...linked].filter((id) => id !== account).sort()]
  return { ids, states: ids.flatMap((id) => states.get(id) ?? []) }
}
