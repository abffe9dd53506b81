/* Requests keep coming while Kafka is away: what waits for it is bounded, everybody else is told to come again. */
import { afterAll, expect, it } from 'vitest'
import { halflifeCommand } from '../../integration/halflife-command.ts'
import { type Answer, httpClient } from '../../integration/http-client.ts'
import { openGround } from './ground.ts'

const EVENTS_A_REQUEST = 1_000
/** Three times what may wait (kafka-appender.ts). */
const REQUESTS = 300
const MOST_BYTES = 700_000_000

const cleanings: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const clean of cleanings.reverse()) await clean()
})

function eventsOf(request: number) {
  return Array.from({ length: EVENTS_A_REQUEST }, (_, number) => ({
    eventId: `${request}-${number}`,
    type: 'view',
    userId: `user-${number}`,
    itemId: 'item',
  }))
}

it('intake refuses with Retry-After what it cannot hold, and takes again when Kafka is back', {
  timeout: 180_000,
}, async () => {
  const { environment, kafka, log, topics } = await openGround(4, (clean) => cleanings.push(clean))
  const collector = halflifeCommand(['collector'], { ...environment, PORT: '0' }, (clean) =>
    cleanings.push(clean),
  )
  const [, port] = await collector.printed(/"port":(\d+),"msg":"Listening/)
  const client = httpClient(Number(port))
  const post = (request: number): Promise<Answer> => client.send('POST', '/v1/events', eventsOf(request))
  await expect.poll(async () => (await post(0)).status, { timeout: 20_000 }).toBe(202)

  await kafka.kill()
  const answers = await Promise.all(Array.from({ length: REQUESTS }, (_, index) => post(index + 1)))
  const refused = answers.filter(({ status }) => status === 503 || status === 429)
  expect(refused.length).toBe(REQUESTS)
  for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  const { text } = await client.get('/metrics')
  expect(Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(text)?.[1])).toBeLessThan(MOST_BYTES)

  await kafka.start()
  await expect
    .poll(async () => (await post(REQUESTS + 1)).status, { timeout: 60_000, interval: 500 })
    .toBe(202)
  const ids = new Set<string>()
  for await (const record of log.read(topics.events)) {
    ids.add(JSON.parse(String(record.value)).eventId)
  }
  for (const { eventId } of eventsOf(REQUESTS + 1)) expect(ids).toContain(eventId)
})
