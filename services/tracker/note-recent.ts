import { isBlank, type UserState } from '../../libs/interest/user-state.ts'
import type { RecordsByUser } from './understand-batch.ts'

/** Notes in place which users the batch changed, each with the offset of the record that changed them last, and keeps the
 *  `most` that were active last. Whoever is forgotten leaves.
 *
 *  It goes by the batch and not by what applying it changed: a batch that was cut off between its users and its partition
 *  comes again, changes nothing more, and is noted now. */
export function noteRecent(
  recent: Map<string, number>,
  users: readonly { readonly userId: string; readonly state: UserState }[],
  byUser: RecordsByUser,
  most: number,
): void {
  for (const { userId, state } of users) {
    const last = byUser.get(userId)!.findLast(({ event }) => event === undefined || event.weight !== 0)
    if (isBlank(state)) recent.delete(userId)
    else if (last !== undefined) recent.set(userId, last.offset)
  }
  const inOrder = [...recent].sort(([, a], [, b]) => a - b)
  recent.clear()
  for (const [userId, offset] of inOrder.slice(Math.max(0, inOrder.length - most))) recent.set(userId, offset)
}
