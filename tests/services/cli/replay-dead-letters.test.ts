import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
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
  expect(done).toEqual({ replayed: 1, superseded: 0, foreign: 2, incomplete: 0 })
  expect(await listed(log.read(topics.events))).toHaveLength(1)
  expect(await listed(log.read(topics.impressions))).toEqual([])
})
