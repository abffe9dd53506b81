import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import {
  aliasRecords,
  forgetRecord,
  forgetWithRecord,
  itemKnownRecord,
} from '../../../libs/event/control-record.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { sourceHeaders } from '../../../libs/event/replayed-record.ts'
import { embeddedEventLog } from '../../../libs/log/embedded/embedded-event-log.ts'
import { keyPartition } from '../../../libs/log/embedded/key-partition.ts'
import { topicNames, topicSpecs } from '../../../libs/log/event-log.ts'
import { readLog } from '../../../services/cli/train/read-log.ts'

const NOON_MS = Date.UTC(2026, 0, 15, 12)
const MINUTE_MS = 60_000

it('takes the history of the log without what was forgotten, and lists what nobody understands', async () => {
  const opened = await emptyLog()
  const { log, topics } = opened
  await log.append(topics.events, [
    event('ann', 'i1', 1),
    event('bob', 'i1', 2),
    itemKnownRecord('ann', 'i1'),
    forgetRecord('bob', 'receipt', NOON_MS + 3 * MINUTE_MS),
    event('bob', 'i2', 4),
    event('ann', 'i2', 5, 'dislike'),
    { key: 'ann', value: Buffer.from('{') },
  ])
  const item = { itemId: 'i1', title: '三体' }
  await log.append(topics.items, [{ key: 'i1', value: Buffer.from(JSON.stringify(item)) }])

  const raw = await read(opened)
  expect(raw.events.map(({ userId, itemId, occurredAtMs }) => [userId, itemId, occurredAtMs])).toEqual(
    expect.arrayContaining([
      ['ann', 'i1', NOON_MS + MINUTE_MS],
      ['bob', 'i2', NOON_MS + 4 * MINUTE_MS],
    ]),
  )
  expect(raw.events).toHaveLength(2)
  expect(raw.notPositive).toBe(1)
  expect(raw.broken).toMatchObject([{ file: topics.events, problem: expect.stringContaining('JSON') }])
  expect([...raw.texts]).toEqual([['i1', '三体']])
})

it('leaves out what was done under the other ids of a forgotten account, not under those of others', async () => {
  const opened = await emptyLog()
  const { log, topics } = opened
  const atMs = NOON_MS + 2 * MINUTE_MS
  const forgottenAtMs = NOON_MS + 5 * MINUTE_MS
  const forgetWith = (id: string, account: string) =>
    forgetWithRecord(id, { userId: account, atMs }, 'receipt', forgottenAtMs)
  await log.append(topics.events, [
    event('cookie', 'before', 1),
    ...aliasRecords({ userId: 'ann', anonymousId: 'cookie' }, 'receipt', atMs),
    event('phone', 'of another', 1),
    ...aliasRecords({ userId: 'zoe', anonymousId: 'phone' }, 'receipt', atMs - 1),
    ...aliasRecords({ userId: 'ann', anonymousId: 'phone' }, 'receipt', atMs),
    // Forgotten for itself, and free again: a link that was claimed before is none.
    event('tablet', 'before', 1),
    ...aliasRecords({ userId: 'ann', anonymousId: 'tablet' }, 'receipt', atMs),
    forgetRecord('tablet', 'receipt', atMs + 1),
    event('tablet', 'free', 4),
    forgetRecord('ann', 'receipt', forgottenAtMs),
    ...['cookie', 'phone', 'tablet'].map((id) => forgetWith(id, 'ann')),
    event('cookie', 'after', 6),
  ])
  expect(await itemsByUser(opened)).toEqual(['cookie after', 'phone of another', 'tablet free'])
})

it('goes by the place within the partition of the request, and by the time of the log elsewhere', async () => {
  const opened = await emptyLog()
  const { log, topics } = opened
  await log.append(topics.events, [
    event('bob', 'before, clock ahead', 5),
    forgetRecord('bob', 'receipt', NOON_MS + 4 * MINUTE_MS),
    event('bob', 'after, clock behind', 3),
    { ...event('bob', 'put back', 3), headers: sourceHeaders('halflife.events/0/0') },
  ])
  // As keys move when partitions were added.
  const moved = ['ann', 'cyd', 'dan'].find((key) => keyPartition(key, 2) !== keyPartition('bob', 2))
  await log.append(topics.events, [
    { ...event('bob', 'elsewhere, older', 3), key: moved! },
    { ...event('bob', 'elsewhere, later', 6), key: moved! },
  ])
  expect(await itemsByUser(opened)).toEqual(['bob after, clock behind', 'bob elsewhere, later'])
})

async function emptyLog() {
  const path = await mkdtemp(join(tmpdir(), 'halflife-read-log-'))
  const log = embeddedEventLog({ path })
  onTestFinished(async () => {
    await log.close()
    await rm(path, { recursive: true })
  })
  const topics = topicNames('halflife')
  await log.ensureTopics(topicSpecs(topics, 2))
  return { log, topics }
}

function event(userId: string, itemId: string, minute: number, type = 'click') {
  const value = Buffer.from(JSON.stringify({ userId, itemId, type }))
  return { key: userId, value, timestampMs: NOON_MS + minute * MINUTE_MS }
}

function read(opened: Awaited<ReturnType<typeof emptyLog>>) {
  return readLog(opened, defaultEventWeights, { report: () => {}, finish: () => {} })
}

async function itemsByUser(opened: Awaited<ReturnType<typeof emptyLog>>): Promise<string[]> {
  const { events } = await read(opened)
  return events.map(({ userId, itemId }) => `${userId} ${itemId}`).sort()
}
