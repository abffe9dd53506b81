import type { InterestStore } from '../../libs/store/interest-store.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'

/** Tells of changes of some users' states, of each within a moment: the applied offsets of all who are watched are read in
 *  one round trip, again and again. Nothing is read while nobody is watched. */
export interface UserChanges {
  /** The user's state as it is now, to be held against later ones. */
  seenNow(userId: string): Promise<string | undefined>
  /** From now on `refresh` is called when the state is no longer the seen one: one call at a time, and again after one that
   *  rejects. Returns what ends it. */
  watch(watch: Omit<Watch, 'busy'>): () => void
  stop(): void
}

interface Watch {
  readonly userId: string
  seen: string | undefined
  /** The last call has not come back; what changes meanwhile is found afterwards. */
  busy: boolean
  readonly refresh: () => Promise<void>
}

/** Together with the tracker's own time it leaves a new ranking well within a second. */
const LOOK_EVERY_MS = 200

export function userChanges(
  store: Pick<InterestStore, 'readOffsets'>,
  onFailure: (error: unknown) => void,
): UserChanges {
  const watches = new Set<Watch>()

  async function look(): Promise<void> {
    const userIds = [...new Set([...watches].map(({ userId }) => userId))]
    if (userIds.length === 0) return
    const offsets = await store.readOffsets(userIds)
    const now = new Map(userIds.map((userId, index) => [userId, offsets[index]]))
    for (const watch of watches) {
      const there = now.get(watch.userId)
      // Somebody who came meanwhile was not read.
      if (!watch.busy && now.has(watch.userId) && there !== watch.seen) void bring(watch, there)
    }
  }

  async function bring(watch: Watch, there: string | undefined): Promise<void> {
    watch.busy = true
    try {
      await watch.refresh()
      watch.seen = there
    } catch (error) {
      onFailure(error)
    } finally {
      watch.busy = false
    }
  }

  const looking = repeatEvery(LOOK_EVERY_MS, look, onFailure)
  return {
    seenNow: async (userId) => (await store.readOffsets([userId]))[0],
    watch(wanted) {
      const watch = { ...wanted, busy: false }
      watches.add(watch)
      return () => void watches.delete(watch)
    },
    stop: looking.stop,
  }
}
