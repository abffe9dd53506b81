import { setImmediate as nextTurn } from 'node:timers/promises'
import type { InterestStore, StoredUser } from '../../libs/store/interest-store.ts'
import { VectorRoom } from '../../libs/store/vector-room.ts'

/** As many users as the store likes to be asked for in one go. */
export interface ReadUsers {
  readonly userIds: readonly string[]
  /** Of each. Their vectors stay as they are until the next but one are asked for. */
  readonly stored: readonly (StoredUser | undefined)[]
  readonly isLast: boolean
}

/** Reads users some after the others, at least once, if of nobody. The next are asked for before anything is done with these:
 *  otherwise the store would have nothing to do while these are applied, and nobody would while it answers. */
export async function* readAhead(
  userIds: readonly string[],
  store: Pick<InterestStore, 'usersAtOnce' | 'readUsers'>,
): AsyncGenerator<ReadUsers> {
  const { usersAtOnce } = store
  const rooms = [new VectorRoom(), new VectorRoom()]
  let start = 0

  function ask() {
    const some = userIds.slice(start, start + usersAtOnce)
    start += usersAtOnce
    rooms.reverse()
    const answer = store.readUsers(some, rooms[0])
    // Of users who are not come to any more the failure concerns nobody.
    answer.catch(() => undefined)
    return { userIds: some, answer, isLast: start >= userIds.length }
  }

  let asked = ask()
  for (;;) {
    const { answer, ...some } = asked
    const stored = await answer
    if (!some.isLast) asked = ask()
    // Answers that come while these are applied would be read at once, and for so long nothing else would have its turn.
    await nextTurn()
    yield { ...some, stored }
    if (some.isLast) return
  }
}
