import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { forgetRecord, forgetWithRecord } from '../../../libs/event/control-record.ts'
import { embeddedEventLog } from '../../../libs/log/embedded/embedded-event-log.ts'
import { type EventLog, topicNames, topicSpecs } from '../../../libs/log/event-log.ts'
import { replayDeadLetters } from '../../../services/cli/dead-letters/replay-dead-letters.ts'
import { wholeDeadLetter } from '../../../services/cli/dead-letters/show-dead-letters.ts'
import { readDeadLetters } from '../../../services/cli/dead-letters/stored-dead-letter.ts'
import { setAside } from '../../../services/tracker/dead-letter.ts'
import type { TrackerTelemetry } from '../../../services/tracker/tracker-telemetry.ts'

const MOST_BYTES = 1_000
const topics = topicNames('halflife')
const say = { recordDeadLettered: () => {} } as unknown as TrackerTelemetry

async function openLog(): Promise<EventLog> {
  const path = await mkdtemp(join(tmpdir(), 'halflife-dead-letters-'))
  const log = embeddedEventLog({ path })
  onTestFinished(async () => {
    await log.close()
    await rm(path, { recursive: true })
  })
  await log.ensureTopics(topicSpecs(topics, 1))
  return log
}

/** One item whose record is whole, and one of which the topic takes only the place. */
async function setTwoAside(log: EventLog): Promise<void> {
  const narrow = {
    ...log,
    append: async (topic: string, records: Parameters<EventLog['append']>[1]) => {
      if (records.some(({ value }) => (value?.length ?? 0) > MOST_BYTES)) {
        throw new HalflifeError('HL_BODY_TOO_LARGE', 'a record is larger than the topic takes')
      }
      await log.append(topic, records)
    },
  }
  const records = ['{', 'x'.repeat(MOST_BYTES + 1)].map((text, offset) => {
    const place = { topic: topics.items, partition: 0, offset, timestampMs: 0, headers: {} }
    const record = { ...place, key: Buffer.from(`item-${offset}`), value: Buffer.from(text) }
    return { record, error: new HalflifeError('HL_BODY_JSON', 'no JSON') }
  })
  await setAside(records, narrow, topics.deadLetter, say)
}

async function listed<T>(things: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const thing of things) list.push(thing)
  return list
}

it('puts nothing back of which only the place was set aside: no value would remove the item', async () => {
  const log = await openLog()
  await setTwoAside(log)
  const letters = await listed(readDeadLetters(log, topics.deadLetter))
  expect(wholeDeadLetter(letters[1]!)).toContain('value, 1001 bytes, left out as too large')
  const asked = replayDeadLetters(new Set(['halflife.items/0/1']), log, topics)
  await expect(asked).rejects.toMatchObject({ code: 'HL_DEAD_LETTER' })
  expect(await replayDeadLetters(undefined, log, topics)).toEqual({
    replayed: 1,
    superseded: 0,
    forgotten: 0,
    foreign: 0,
    incomplete: 1,
  })
  const back = await listed(log.read(topics.items))
  expect(back.map(({ key, value }) => [key?.toString(), value?.toString()])).toEqual([['item-0', '{']])
})

it('puts back what there is besides impressions when all are asked for, and no impression by its key', async () => {
  const log = await openLog()
  const records = [topics.impressions, topics.events, topics.impressions].map((topic, offset) => {
    const place = { topic, partition: 0, offset, timestampMs: 0, headers: {} }
    const record = { ...place, key: Buffer.from('ann'), value: Buffer.from('{') }
    return { record, error: new HalflifeError('HL_BODY_JSON', 'no JSON') }
  })
  await setAside(records, log, topics.deadLetter, say)
  const keys = new Set([`${topics.events}/0/1`, `${topics.impressions}/0/0`])
  await expect(replayDeadLetters(keys, log, topics)).rejects.toMatchObject({ code: 'HL_DEAD_LETTER' })
  expect(await listed(log.read(topics.events))).toEqual([])
  const done = await replayDeadLetters(undefined, log, topics)
  expect(done).toEqual({ replayed: 1, superseded: 0, forgotten: 0, foreign: 2, incomplete: 0 })
  expect(await listed(log.read(topics.events))).toHaveLength(1)
  expect(await listed(log.read(topics.impressions))).toEqual([])
})

it('puts nothing back of who was forgotten since, under whatever id, nor of what was stated of them', async () => {
  const log = await openLog()
  const letters = [
    { topic: topics.events, key: 'ann', value: '{', timestampMs: 5 },
    { topic: topics.events, key: 'shop', value: '{"type":"new","userId":"ann"}', timestampMs: 5 },
    // By a clock that was ahead.
    { topic: topics.events, key: 'cookie', value: '{', timestampMs: 15 },
    { topic: topics.users, key: 'ann', value: '{', timestampMs: 5 },
    { topic: topics.events, key: 'ann', value: '{', timestampMs: 11 },
    // Put back before, and set aside again.
    { topic: topics.events, key: 'ann', value: '{', timestampMs: 5, source: `${topics.events}/0/99` },
    { topic: topics.events, key: 'bo', value: '{', timestampMs: 5 },
  ]
  const before = letters.slice(0, 3)
  const records = letters.map(({ topic, key, value, timestampMs, source }, offset) => {
    const headers = source === undefined ? {} : { 'halflife-source': Buffer.from(source) }
    const place = { topic, partition: 0, offset, timestampMs, headers }
    const record = { ...place, key: Buffer.from(key), value: Buffer.from(value) }
    return { record, error: new HalflifeError('HL_BODY_JSON', 'no JSON') }
  })
  await setAside(records, log, topics.deadLetter, say)
  const account = { userId: 'ann', atMs: 3 }
  const requests = [forgetRecord('ann', 'r', 10), forgetWithRecord('cookie', account, 'r', 10)]
  const logged = before.map(({ key, value }) => ({ key, value: Buffer.from(value) }))
  await log.append(topics.events, [...logged, ...requests])
  const done = await replayDeadLetters(undefined, log, topics)
  expect(done).toEqual({ replayed: 2, superseded: 0, forgotten: 5, foreign: 0, incomplete: 0 })
  const back = (await listed(log.read(topics.events))).slice(logged.length + requests.length)
  expect(back.map(({ key, timestampMs }) => [key?.toString(), timestampMs])).toEqual([
    ['ann', 11],
    ['bo', 5],
  ])
  expect(await listed(log.read(topics.users))).toEqual([])
})
