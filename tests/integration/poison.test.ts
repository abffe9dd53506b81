import { randomBytes } from 'node:crypto'
import { expect, inject, it, onTestFinished } from 'vitest'
import { itemKnownRecord } from '../../libs/event/control-record.ts'
import type { LogRecord } from '../../libs/log/event-log.ts'
import { kafkaEventLog } from '../../libs/log/kafka/kafka-event-log.ts'
import { runServices, serversPlace, settingsAt } from './running-halflife.ts'

const click = { type: 'click', userId: 'ann', itemId: 'a' }
const soon = () => new Date(Date.now() + 25 * 3_600_000).toISOString()

/** What the HTTP interface would have refused, written straight into Kafka, and the code it is set aside with. */
const poison: [string, () => unknown][] = [
  ['HL_EVENT_TYPE', () => ({ ...click, type: 'stare' })],
  ['HL_ID_MISSING', () => ({ type: 'click', itemId: 'a' })],
  ['HL_ID_EMPTY', () => ({ ...click, itemId: '' })],
  ['HL_ID_TOO_LONG', () => ({ ...click, userId: 'x'.repeat(257) })],
  ['HL_EVENT_WEIGHT', () => ({ ...click, weight: 5_000 })],
  ['HL_EVENT_TIME', () => ({ ...click, occurredAt: 'yesterday' })],
  ['HL_EVENT_TIME_FUTURE', () => ({ ...click, occurredAt: soon() })],
  ['HL_EVENT_SHAPE', () => [click]],
  ['HL_BODY_JSON', () => Buffer.from('{"type":')],
  ['HL_BODY_ENCODING', () => Buffer.from([0x7b, 0xff, 0x00, 0x7d])],
  // As large as Kafka takes, and with why it lies there larger. Random bytes do not compress.
  ['HL_BODY_ENCODING', () => randomBytes(1_048_400)],
]

it('sets poison aside with reason, source and bytes, and goes on with the partition', async () => {
  const place = serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
  const settings = settingsAt(place, { TOPIC_PARTITIONS: '1' })
  const services = await runServices(['collector', 'tracker', 'scorer'], settings, onTestFinished)
  await services.send('PUT', '/v1/items/a', { title: 'A Quiet Orbit' })

  const log = kafkaEventLog({ brokers: settings.KAFKA_BROKERS!, clientId: 'poisoner' })
  onTestFinished(() => log.close())
  const topic = `${settings.TOPIC_PREFIX}.events`
  const values = poison.map(([, make]) => {
    const value = make()
    return Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))
  })
  await log.append(topic, [
    ...values.map((value) => ({ key: 'ann', value, headers: { origin: 'test' } })),
    itemKnownRecord('nobody', 'a'),
    { key: 'ann', value: Buffer.from(JSON.stringify(click)) },
  ])

  const interests = async () => (await services.get('/v1/users/ann/interests')).text
  await expect.poll(interests, { timeout: 15_000 }).toContain('A Quiet Orbit')
  const letters: LogRecord[] = []
  for await (const letter of log.read(`${settings.TOPIC_PREFIX}.dead-letter`)) letters.push(letter)
  const header = (name: string) => letters.map((letter) => letter.headers[name]?.toString())
  expect(header('halflife-code')).toEqual(poison.map(([code]) => code))
  expect(header('halflife-topic')).toEqual(poison.map(() => topic))
  expect(header('halflife-offset')).toEqual(poison.map((_, offset) => String(offset)))
  expect(header('halflife-header-origin')).toEqual(poison.map(() => 'test'))
  expect(letters.map(({ value }, index) => value?.equals(values[index]!))).toEqual(poison.map(() => true))
  for (const reason of header('halflife-reason')) expect(reason).toMatch(/\S/)
  expect((await services.get('/metrics')).text).toContain('halflife_dead_letters_total')
})
