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

/** From an anonymous id to its account, to the account's other ids, and one further. */
const MOST_STEPS = 4
const MOST_IDS = 1_000

/** Everything that is held under any id of the person who has this one. One round trip; whoever has several ids costs one
 *  more when asked for by the account, and another one when asked for by one of several anonymous ids.
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
  for (let step = 0; step < MOST_STEPS && ids.length > 0; step++) {
    const named = new Set<string>()
    const stored = await store.readUsers(ids)
    for (const [index, id] of ids.entries()) {
      asked.add(id)
      const state = stored[index]?.state
      if (state === undefined) continue
      states.set(id, state)
      for (const other of otherIds(state)) named.add(other)
    }
    ids = [...named].filter((id) => !asked.has(id)).slice(0, MOST_IDS)
  }
  return userIds.map((userId) => personOf(userId, states))
}

function personOf(userId: string, states: ReadonlyMap<string, UserState>): Person {
  const linked = linkedIds(userId, states)
  const account = accountOf(linked, states)
  const ids = [account, ...[...linked].filter((id) => id !== account).sort()]
  return { ids, states: ids.flatMap((id) => states.get(id) ?? []) }
}
