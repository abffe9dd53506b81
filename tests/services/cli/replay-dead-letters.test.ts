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
  const say = { recordDeadLettered: () => {} } as unknown as TrackerTelemetry
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
    incomplete: 1,
  })
  const back = await listed(log.read(topics.items))
  expect(back.map(({ key, value }) => [key?.toString(), value?.toString()])).toEqual([['item-0', '{']])
})
