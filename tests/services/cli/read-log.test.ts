import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { forgetRecord, itemKnownRecord } from '../../../libs/event/control-record.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { embeddedEventLog } from '../../../libs/log/embedded/embedded-event-log.ts'
import { topicNames, topicSpecs } from '../../../libs/log/event-log.ts'
import { readLog } from '../../../services/cli/train/read-log.ts'

const NOON_MS = Date.UTC(2026, 0, 15, 12)

it('takes the history of the log without what was forgotten, and lists what nobody understands', async () => {
  const path = await mkdtemp(join(tmpdir(), 'halflife-read-log-'))
  const log = embeddedEventLog({ path })
  onTestFinished(async () => {
    await log.close()
    await rm(path, { recursive: true })
  })
  const topics = topicNames('halflife')
  await log.ensureTopics(topicSpecs(topics, 2))
  const event = (userId: string, itemId: string, minute: number, type = 'click') => ({
    key: userId,
    value: Buffer.from(JSON.stringify({ userId, itemId, type })),
    timestampMs: NOON_MS + minute * 60_000,
  })
  await log.append(topics.events, [
    event('ann', 'i1', 1),
    event('bob', 'i1', 2),
    itemKnownRecord('ann', 'i1'),
    forgetRecord('bob', 'receipt', NOON_MS + 3 * 60_000),
    event('bob', 'i2', 4),
    event('ann', 'i2', 5, 'dislike'),
    { key: 'ann', value: Buffer.from('{') },
  ])
  const item = { itemId: 'i1', title: '三体' }
  await log.append(topics.items, [{ key: 'i1', value: Buffer.from(JSON.stringify(item)) }])

  const progress = { report: () => {}, finish: () => {} }
  const raw = await readLog({ log, topics }, defaultEventWeights, progress)
  expect(raw.events.map(({ userId, itemId, occurredAtMs }) => [userId, itemId, occurredAtMs])).toEqual(
    expect.arrayContaining([
      ['ann', 'i1', NOON_MS + 60_000],
      ['bob', 'i2', NOON_MS + 240_000],
    ]),
  )
  expect(raw.events).toHaveLength(2)
  expect(raw.notPositive).toBe(1)
  expect(raw.broken).toMatchObject([{ file: topics.events, problem: expect.stringContaining('JSON') }])
  expect([...raw.texts]).toEqual([['i1', '三体']])
})
