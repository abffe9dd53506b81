import { describe, expect, it } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import type { Batch, LogRecord } from '../../../libs/log/event-log.ts'
import type { EventTracking } from '../../../services/tracker/event-tracking.ts'
import { itemVectorCache } from '../../../services/tracker/item-vector-cache.ts'
import { eventTracker } from '../../../services/tracker/track-events.ts'
import { simulatedStore, storeData } from '../../faults/simulation/simulated-store.ts'
import { counting, nothingSaid } from '../../faults/simulation/simulated-tracker.ts'
import { contract, EVER, rooms, shape, topics, weights } from '../../faults/simulation/small-world.ts'

const PLACE = { topic: topics.events, partition: 0 }
const AT_MS = Date.UTC(2026, 0, 1)
const EVENTS_EACH = 2

/** Each user's events lie apart, as in a batch of a busy partition. */
function batchOf(users: number): Batch {
  const records = Array.from({ length: users * EVENTS_EACH }, (_, offset): LogRecord => {
    const event = { type: 'click', userId: `user-${offset % users}`, itemId: 'i0', weight: 1 }
    const { key, value } = encodeRecord(event.userId, event)
    return { ...PLACE, offset, timestampMs: AT_MS, key: Buffer.from(key), value, headers: {} }
  })
  return { ...PLACE, records, endOffset: records.length }
}

/** A tracker over a store that takes so many users in one step. @param onCommit told of each step of a commit before it is done */
async function surroundings(usersAtOnce: number, onCommit: (step: number) => void = () => undefined) {
  let step = 0
  const store = simulatedStore({
    data: storeData(),
    contract,
    call: async (name, effect) => {
      if (name === 'commit') onCommit(++step)
      return effect()
    },
    cut: (users) => Array.from({ length: Math.ceil(users / usersAtOnce) }, () => usersAtOnce),
  })
  const item = {
    itemId: 'i0',
    title: 'i0 0',
    description: '',
    category: '',
    tags: [],
    attributes: {},
    available: true,
  }
  const vectors = new Map([['text', new Float32Array(shape.spaces[0]!.dimension).fill(1, 0, 1)]])
  const source = { partition: 0, offset: 0 }
  await store.writeItems([{ itemId: 'i0', stored: { item, vectors, contentHash: '' }, source }])
  const log = { endOffsets: async () => new Map([[0, 0]]), async *read() {} }
  const context = {
    ...{ store, log, topics, shape, weights, bounds: rooms[0]!.bounds, vectors: itemVectorCache(store, 10) },
    ...{ trendingHalfLifeMs: 1e300, trendingBy: [], recentUsers: 10, attributionWindowMs: 1 },
    ...{ say: counting(nothingSaid()), now: () => AT_MS },
  }
  const tracker = eventTracker(context as unknown as EventTracking)
  await tracker.startAt(PLACE.topic, PLACE.partition)
  step = 0
  const massesOf = async (users: number) => {
    const stored = await store.readUsers(Array.from({ length: users }, (_, n) => `user-${n}`))
    return stored.map((user) => user?.state.interest.masses[EVER])
  }
  const position = async () => (await store.readPartition(PLACE.topic, PLACE.partition))?.position
  return { tracker, massesOf, position }
}

describe('a batch of more users than are applied at once', () => {
  it.each([1, 249, 250, 251, 500, 1_203])('is applied whole: %i users', async (users) => {
    const { tracker, massesOf, position } = await surroundings(250)
    await tracker.track(batchOf(users))
    expect(await massesOf(users)).toEqual(Array(users).fill(EVENTS_EACH))
    expect(await position()).toBe(users * EVENTS_EACH)
  })

  it.each([1, 2, 3])(
    'leaves the position where it was until the last user is written: cut off at step %i',
    async (last) => {
      const users = 700
      let cutOff = false
      const { tracker, massesOf, position } = await surroundings(250, (step) => {
        if (cutOff && step === last) throw new HalflifeError('HL_STORE_UNAVAILABLE', 'cut off')
      })
      cutOff = true
      await expect(tracker.track(batchOf(users))).rejects.toThrow('cut off')
      expect(await position()).toBe(0)
      const written = 250 * (last - 1)
      expect(await massesOf(users)).toEqual([
        ...Array(written).fill(EVENTS_EACH),
        ...Array(users - written).fill(undefined),
      ])
      cutOff = false
      await tracker.track(batchOf(users))
      expect(await massesOf(users)).toEqual(Array(users).fill(EVENTS_EACH))
      expect(await position()).toBe(users * EVENTS_EACH)
    },
  )
})
