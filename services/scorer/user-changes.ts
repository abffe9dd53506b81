import type { InterestStore } from '../../libs/store/interest-store.ts'
import { readPerson } from '../../libs/store/read-person.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'

/** Tells of changes of some people's states, of each within a moment: the applied offsets of all ids of those who are watched
 *  are read in one round trip, again and again. Nothing is read while nobody is watched. */
export interface UserChanges {
  /** What is held of the person who has this id as it is now, to be held against later. */
  seenNow(userId: string): Promise<Seen>
  /** From now on `refresh` is called when that is no longer what was seen: one call at a time, and again after one that
   *  rejects. Returns what ends it. */
  watch(watch: Pick<Watch, 'userId' | 'seen' | 'refresh'>): () => void
  stop(): void
}

/** Offsets by id, of all the ids that a person had. */
export type Seen = ReadonlyMap<string, string | undefined>

interface Watch {
  readonly userId: string
  seen: Seen
  /** The last call has not come back; what changes meanwhile is found afterwards. */
  busy: boolean
  readonly refresh: () => Promise<void>
}

/** Together with the tracker's own time it leaves a new ranking well within a second. */
const LOOK_EVERY_MS = 200
/** Looks after which ids that go on being linked meanwhile are left for the next change. */
const MOST_LOOKS = 5

export function userChanges(
  store: Pick<InterestStore, 'readOffsets' | 'readUsers'>,
  onFailure: (error: unknown) => void,
): UserChanges {
  const watches = new Set<Watch>()

  async function look(): Promise<void> {
    const userIds = [...new Set([...watches].flatMap(({ seen }) => [...seen.keys()]))]
    if (userIds.length === 0) return
    const now = await offsetsOf(userIds)
    for (const watch of watches) {
      const changed = ([id, offset]: [string, string | undefined]) => now.get(id) !== offset
      // Somebody who came meanwhile was not read.
      const wasRead = [...watch.seen.keys()].every((id) => now.has(id))
      if (!watch.busy && wasRead && [...watch.seen].some(changed)) void bring(watch)
    }
  }

  async function offsetsOf(userIds: readonly string[]): Promise<Seen> {
    const offsets = await store.readOffsets(userIds)
    return new Map(userIds.map((userId, index) => [userId, offsets[index]]))
  }

  /** Offsets first, links after: whatever link was not read yet moves an offset that was. */
  async function seenNow(userId: string): Promise<Seen> {
    let ids: readonly string[] = [userId]
    for (let looks = 1; ; looks++) {
      const seen = await offsetsOf(ids)
      const person = await readPerson(store, userId)
      if (looks === MOST_LOOKS || person.ids.every((id) => seen.has(id))) return seen
      ids = person.ids
    }
  }

  async function bring(watch: Watch): Promise<void> {
    watch.busy = true
    try {
      // In this order: what changes while the ranking is made is found by the next look.
      const seen = await seenNow(watch.userId)
      await watch.refresh()
      watch.seen = seen
    } catch (error) {
      onFailure(error)
    } finally {
      watch.busy = false
    }
  }

  const looking = repeatEvery(LOOK_EVERY_MS, look, onFailure)
  return {
    seenNow,
    watch(wanted) {
      const watch = { ...wanted, busy: false }
      watches.add(watch)
      return () => void watches.delete(watch)
    },
    stop: looking.stop,
  }
}
