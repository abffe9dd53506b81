import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { kafkaEventLog } from '../../../libs/log/kafka/kafka-event-log.ts'
import { type HalflifeCommand, halflifeCommand } from '../halflife-command.ts'
import { type HttpClient, httpClient } from '../http-client.ts'
import { serversPlace, type WhenOver } from '../running-halflife.ts'

const kafka = { brokers: inject('kafkaBrokers').split(',') }
const { environment } = serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
/** Shared cores: a group may take its time to form. */
const patience = { timeout: 20_000 }
const topic = `${environment.TOPIC_PREFIX}.events`

const traceId = (n: number) => `4bf92f3577b34da6a3ce929d0e0e473${n}`
const spanId = '00f067aa0ba902b7'
const traceparent = (n: number) => `00-${traceId(n)}-${spanId}-01`

describe('a trace', () => {
  const cleanings: (() => Promise<void>)[] = []
  const whenOver: WhenOver = (clean) => cleanings.push(clean)
  let command: HalflifeCommand
  let client: HttpClient

  beforeAll(async () => {
    const settings = { ...environment, EMBEDDER: 'lexical', PORT: '0', LOG_LEVEL: 'debug' }
    command = halflifeCommand(['start', '--no-demo'], settings, whenOver)
    const [, port] = await command.printed(/ready on http:\/\/127\.0\.0\.1:(\d+)/)
    client = httpClient(Number(port))
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  async function produce(value: string, n: number): Promise<void> {
    const producer = new Kafka({ ...kafka, logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
    await producer.send({ topic, messages: [{ key: 'bo', value, headers: { traceparent: traceparent(n) } }] })
    await producer.disconnect()
  }

  /** Log lines of that message that carry the trace. */
  const lines = (n: number, message: string) =>
    command
      .output()
      .stderr.split('\n')
      .filter((line) => line.includes(traceId(n)) && line.includes(`"msg":"${message}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  it('goes from an HTTP request into the record, and to the line of the tracker that handles it', async () => {
    const headers = { traceparent: traceparent(1), tracestate: 'shop=cart' }
    await client.ask('POST', '/v1/events', headers, { type: 'click', userId: 'ann', itemId: 'a' })
    await expect
      .poll(() => lines(1, 'Batch finished.'), patience)
      .toMatchObject([{ topic, records: 1, spanId }])
    expect(lines(1, 'Request answered.')).toMatchObject([{ route: '/v1/events', status: 202, spanId }])
    const log = kafkaEventLog({ ...kafka, clientId: 'test' })
    whenOver(() => log.close())
    for await (const record of log.read(topic)) {
      const carried = [record.headers.traceparent?.toString(), record.headers.tracestate?.toString()]
      expect(carried).toEqual([headers.traceparent, headers.tracestate])
    }
  })

  it('goes with a request to forget a user, into the line of the tracker that does it', async () => {
    await client.ask('DELETE', '/v1/users/cy', { traceparent: traceparent(5) })
    await expect
      .poll(() => lines(5, 'Batch finished.'), patience)
      .toContainEqual(expect.objectContaining({ topic, spanId }))
  })

  it('goes from the headers of a record that a producer wrote to Kafka into the line about it', async () => {
    await produce(JSON.stringify({ type: 'click', userId: 'bo', itemId: 'a' }), 2)
    await expect.poll(() => lines(2, 'Batch finished.'), patience).toMatchObject([{ topic, spanId }])
    await produce('no JSON', 3)
    await expect
      .poll(() => lines(3, 'Record set aside as a dead letter.'), patience)
      .toMatchObject([{ code: 'HL_BODY_JSON' }])
  })

  it('is in the line of the answer, beside its recommendationId', async () => {
    const answer = await client.get('/v1/users/ann/recommendations', { traceparent: traceparent(4) })
    const { recommendationId } = answer.body
    await expect.poll(() => lines(4, 'Ranked.')).toMatchObject([{ recommendationId, spanId }])
    await expect.poll(() => lines(4, 'Request answered.')).toMatchObject([{ status: 200 }])
  })
})
