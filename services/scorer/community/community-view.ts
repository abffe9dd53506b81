import type { Attributes } from '../../../libs/event/item.ts'
import { isBlank, type UserState } from '../../../libs/interest/user-state.ts'
import type { InterestStore, PartitionState } from '../../../libs/store/interest-store.ts'
import { partitionName } from '../../../libs/store/partition-codec.ts'
import type { ProfileStore } from '../../../libs/store/profile-store.ts'

/** Somebody who was active lately. */
export interface Member {
  readonly userId: string
  readonly state: UserState
  readonly attributes: Attributes
}

/** What is made of the members. */
export interface CommunityPart {
  /** Takes the place of what was there of this user. */
  put(member: Member): void
  remove(userId: string): void
}

/** The users whom the partitions list as recently active, followed as they change. */
export interface CommunityView {
  readonly size: number
  /** Takes in who changed, came and left since the last call; `behind`: whom the next call is left to read. */
  follow(partitions: readonly PartitionState[]): Promise<{ changed: number; behind: number }>
}

/** Users read in one go: some milliseconds in which nobody is answered. */
const READ_AT_ONCE = 20
/** Changed users read in one call of `follow`. */
const READ_IN_A_TURN = 400
/** Each time so many others are read again, in turn, though no list says that they have changed: their attributes may
 *  have, and a change may have been pushed off a list before anybody saw it. */
const READ_AGAIN = 4

export function communityView(
  store: Pick<InterestStore, 'readUsers'> & Pick<ProfileStore, 'readProfile'>,
  parts: readonly CommunityPart[],
): CommunityView {
  /** By user, where the lists stood when the user was read; those read longest ago first. */
  const read = new Map<string, string>()
  const members = new Set<string>()

  function leave(userId: string): void {
    if (!members.delete(userId)) return
    for (const part of parts) part.remove(userId)
  }

  async function take(userIds: readonly string[], listed: ReadonlyMap<string, string>): Promise<void> {
    const [stored, profiles] = await Promise.all([
      store.readUsers(userIds),
      Promise.all(userIds.map((userId) => store.readProfile(userId))),
    ])
    for (const [n, userId] of userIds.entries()) {
      const state = stored[n]?.state
      read.delete(userId)
      read.set(userId, listed.get(userId)!)
      if (state === undefined || isBlank(state)) leave(userId)
      else {
        members.add(userId)
        for (const part of parts) part.put({ userId, state, attributes: profiles[n]?.attributes ?? {} })
      }
    }
  }

  return {
    get size() {
      return members.size
    },
    async follow(partitions) {
      const listed = marksOf(partitions)
      for (const userId of [...read.keys()]) {
        if (listed.has(userId)) continue
        read.delete(userId)
        leave(userId)
      }
      const due = [...listed.keys()].filter((userId) => read.get(userId) !== listed.get(userId))
      const changed = due.slice(0, READ_IN_A_TURN)
      const again = [...read.keys()].filter((userId) => read.get(userId) === listed.get(userId))
      const userIds = [...changed, ...again.slice(0, READ_AGAIN)]
      for (let start = 0; start < userIds.length; start += READ_AT_ONCE)
        await take(userIds.slice(start, start + READ_AT_ONCE), listed)
      return { changed: changed.length, behind: due.length - changed.length }
    },
  }
}

/** By user, something else after each change. Somebody whom several partitions list has changed when one of them says so. */
function marksOf(partitions: readonly PartitionState[]): Map<string, string> {
  const marks = new Map<string, string>()
  for (const { topic, partition, recent = [] } of partitions) {
    for (const [userId, offset] of recent) {
      marks.set(userId, `${marks.get(userId) ?? ''} ${partitionName(topic, partition)}@${offset}`)
    }
  }
  return marks
}
