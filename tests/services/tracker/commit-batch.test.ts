import { describe, expect, it } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import type { Batch, LogRecord } from '../../../libs/log/event-log.ts'
import { inMemory, PLACE } from './tracker-in-memory.ts'

const AT_MS = Date.UTC(2026, 0, 1)
const AT_ONCE = 250
const EVENTS_EACH = 2

const idsOf = (users: number) => Array.from({ length: users }, (_, n) => `user-${n}`)

/** Each user's events lie apart, as in a batch of a busy partition. */
function batchOf(users: number): Batch {
  const records = Array.from({ length: users * EVENTS_EACH }, (_, offset): LogRecord => {
    const event = { type: 'click', userId: `user-${offset % users}`, itemId: 'i0', weight: 1 }
    const { key, value } = encodeRecord(event.userId, event)
    return { ...PLACE, offset, timestampMs: AT_MS, key: Buffer.from(key), value, headers: {} }
  })
  return { ...PLACE, records, endOffset: records.length }
}

async function surroundings(onCommit: (step: number) => void = () => undefined) {
  const { store, newTracker, massesOf } = await inMemory(AT_ONCE, onCommit)
  const position = async () => (await store.readPartition(PLACE.topic, PLACE.partition))?.position
  return { tracker: await newTracker(), massesOf, position }
}

describe('a batch of more users than are applied at once', () => {
  it.each([1, 249, 250, 251, 500, 1_203])('is applied whole: %i users', async (users) => {
    const { tracker, massesOf, position } = await surroundings()
    await tracker.track(batchOf(users))
    expect(await massesOf(idsOf(users))).toEqual(Array(users).fill(EVENTS_EACH))
    expect(await position()).toBe(users * EVENTS_EACH)
  })

  it.each([1, 2, 3])(
    'leaves the position where it was until the last user is written: cut off at step %i',
    async (last) => {
      const users = 700
      let cutOff = false
      const { tracker, massesOf, position } = await surroundings((step) => {
        if (cutOff && step === last) throw new HalflifeError('HL_STORE_UNAVAILABLE', 'cut off')
      })
      cutOff = true
      await expect(tracker.track(batchOf(users))).rejects.toThrow('cut off')
      expect(await position()).toBe(0)
      const written = AT_ONCE * (last - 1)
      expect(await massesOf(idsOf(users))).toEqual([
        ...Array(written).fill(EVENTS_EACH),
        ...Array(users - written).fill(undefined),
      ])
      cutOff = false
      await tracker.track(batchOf(users))
      expect(await massesOf(idsOf(users))).toEqual(Array(users).fill(EVENTS_EACH))
      expect(await position()).toBe(users * EVENTS_EACH)
    },
  )
})
