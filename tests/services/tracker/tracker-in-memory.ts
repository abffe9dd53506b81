import type { EventTracking } from '../../../services/tracker/event-tracking.ts'
import { itemVectorCache } from '../../../services/tracker/item-vector-cache.ts'
import { type EventTracker, eventTracker } from '../../../services/tracker/track-events.ts'
import { simulatedStore, storeData } from '../../faults/simulation/simulated-store.ts'
import { counting, nothingSaid } from '../../faults/simulation/simulated-tracker.ts'
import { contract, EVER, rooms, shape, topics, weights } from '../../faults/simulation/small-world.ts'

export const PLACE = { topic: topics.events, partition: 0 }

/** Trackers over a store in memory that takes so many users in one step, with the item `i0`, and over an empty log.
 *  @param onCommit told the number of each step of a commit before it is done, from 1 since `newTracker` */
export async function inMemory(usersAtOnce: number, onCommit: (step: number) => void) {
  let step = 0
  const simulated = simulatedStore({
    data: storeData(),
    contract,
    call: async (name, effect) => {
      if (name === 'commit') onCommit(++step)
      return effect()
    },
    cut: (users) => [users],
  })
  const store = { ...simulated, usersAtOnce }
  const texts = { itemId: 'i0', title: 'i0 0', description: '', category: '' }
  const item = { ...texts, tags: [], attributes: {}, available: true }
  const vectors = new Map([['text', new Float32Array(shape.spaces[0]!.dimension).fill(1, 0, 1)]])
  const source = { partition: 0, offset: 0 }
  await store.writeItems([{ itemId: 'i0', stored: { item, vectors, contentHash: '' }, source }])
  const log = { endOffsets: async () => new Map([[0, 0]]), async *read() {} }
  const context = {
    ...{ store, log, topics, shape, weights, bounds: rooms[0]!.bounds, vectors: itemVectorCache(store, 10) },
    ...{ trendingHalfLifeMs: 1e300, trendingBy: [], recentUsers: 10, attributionWindowMs: 1 },
    ...{ say: counting(nothingSaid()), now: Date.now },
  }
  return {
    store,
    async newTracker(): Promise<EventTracker> {
      const tracker = eventTracker(context as unknown as EventTracking)
      await tracker.startAt(PLACE.topic, PLACE.partition)
      step = 0
      return tracker
    },
    /** Sum of the weights that were counted; undefined: nothing is held. */
    async massesOf(userIds: readonly string[]) {
      const stored = await store.readUsers(userIds)
      return stored.map((user) => user?.state.interest.masses[EVER])
    },
  }
}
