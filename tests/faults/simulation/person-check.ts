import { isDeepStrictEqual } from 'node:util'
import { mergeUsers } from '../../../libs/interest/merge-users.ts'
import { readPerson } from '../../../libs/store/read-person.ts'
import { decodeUser } from '../../../libs/store/user-codec.ts'
import type { Ledger } from './ledger.ts'
import type { Outcome } from './outcome-check.ts'
import { differences, recompute } from './recomputation.ts'
import { contract, shape, userIds } from './small-world.ts'

/** What is wrong with the person who has this id: their ids must be those that the log links, and added up they must be as
 *  if all events had come under one of them. */
export async function personProblems(
  userId: string,
  { stored, ledger, room, random }: Outcome,
): Promise<string[]> {
  const users = {
    readUsers: async (ids: readonly string[]) =>
      ids.map((id) => {
        const fields = stored.users.get(id)
        return fields && decodeUser(contract, id, fields)
      }),
  }
  const person = await readPerson(users, userId)
  const ids = linkedByLedger(userId, ledger)
  if (!isDeepStrictEqual(person.ids.toSorted(), ids))
    return [`${userId} has the ids ${person.ids} instead of ${ids}`]
  if (ids.length === 1 || room.mayLose) return []
  const merged = mergeUsers(random.shuffled(person.states), shape, room.bounds)
  const events = ids.flatMap((id) => ledger.eventsOf(id).filter(({ erasedBy }) => erasedBy.length === 0))
  const waits = new Set(
    person.states.flatMap(({ waiting }) => waiting.events.map(({ fingerprint }) => fingerprint)),
  )
  const expected = recompute(random.shuffled(events), ({ fingerprint }) => waits.has(fingerprint), room)
  return differences(merged, expected, events, room).map((problem) => `${userId} with ${ids}: ${problem}`)
}

/** Sorted. */
function linkedByLedger(userId: string, ledger: Ledger): string[] {
  const isAlias = (alias: string, account: string): boolean =>
    ledger.accountOf(alias) === account && ledger.aliasesOf(account).has(alias)
  const ids = new Set([userId])
  for (const id of ids) {
    for (const other of userIds) if (isAlias(id, other) || isAlias(other, id)) ids.add(other)
  }
  return [...ids].sort()
}
