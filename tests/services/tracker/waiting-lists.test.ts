import { expect, it } from 'vitest'
import { forgetRecord } from '../../../libs/event/control-record.ts'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import type { LogRecord, NewRecord } from '../../../libs/log/event-log.ts'
import { rooms } from '../../faults/simulation/small-world.ts'
import { inMemory, PLACE } from './tracker-in-memory.ts'

const AT_MS = Date.UTC(2026, 0, 1)
const { waiting: MOST_WAITING } = rooms[0]!.bounds

const click = (itemId: string, eventId: string = itemId) =>
  encodeRecord('ann', { type: 'click', userId: 'ann', itemId, eventId })

/** Lets a tracker apply batch after batch. @returns on which of the items' lists somebody is noted as waiting */
async function listsAfter(itemIds: readonly string[], batches: readonly (readonly NewRecord[])[]) {
  const { store, newTracker } = await inMemory(10, () => undefined)
  const tracker = await newTracker()
  let offset = 0
  for (const batch of batches) {
    const records = batch.map(({ key, value, headers = {} }): LogRecord => {
      const asBytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])
      const read = { key: Buffer.from(key), value, headers: Object.fromEntries(asBytes) }
      return { ...PLACE, ...read, offset: offset++, timestampMs: AT_MS }
    })
    await tracker.track({ ...PLACE, records, endOffset: offset })
  }
  const users = await Promise.all(itemIds.map((itemId) => store.waitingUsers(itemId)))
  return itemIds.filter((_, index) => users[index]!.length > 0)
}

const late = Array.from({ length: MOST_WAITING + 3 }, (_, n) => `late-${n}`)
const clicks = late.map((itemId) => click(itemId))
const forgetting = forgetRecord('ann', 'receipt', AT_MS)

it.each([
  ['at once', [clicks]],
  ['one by one', clicks.map((each) => [each])],
])('holds whoever waits, and only for what they wait for when more events came, %s', async (_, batches) => {
  expect(await listsAfter(late, batches)).toHaveLength(MOST_WAITING)
  expect(await listsAfter(late, [...batches, [forgetting]])).toEqual([])
  expect(await listsAfter(late, [[...batches.flat(), forgetting]])).toEqual([])
})

it('holds nobody for an event that was there already', async () => {
  const twice = [[click('i0', 'once')], [click('late-0', 'once'), click('late-1')]]
  expect(await listsAfter(late, twice)).toEqual(['late-1'])
  expect(await listsAfter(late, [...twice, [forgetting]])).toEqual([])
})

it('holds whoever repeats an event that waits', async () => {
  expect(await listsAfter(late, [[click('late-0')], [click('late-0')]])).toEqual(['late-0'])
})
