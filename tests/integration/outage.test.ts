import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quickComeback, startNativeKafka } from '../substrate/kafka-native.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import type { NativeService } from '../substrate/running-service.ts'
import { type HalflifeCommand, halflifeCommand } from './halflife-command.ts'
import { type HttpClient, httpClient } from './http-client.ts'
import type { WhenOver } from './running-halflife.ts'

const roles = ['collector', 'tracker', 'scorer'] as const
const PATIENCE = { timeout: 40_000, interval: 200 }

/** Kafka and Redis of its own, which it takes away and brings back under three running services. */
describe('while Kafka or Redis is away', () => {
  const cleanings: (() => Promise<void>)[] = []
  const whenOver: WhenOver = (clean) => cleanings.push(clean)
  const services = {} as Record<(typeof roles)[number], { command: HalflifeCommand; client: HttpClient }>
  let kafka: NativeService
  let redis: NativeService

  beforeAll(async () => {
    ;[kafka, redis] = await Promise.all([
      startNativeKafka({ settings: quickComeback }),
      startNativeRedis({ appendonly: true }),
    ])
    whenOver(() => kafka.stop())
    whenOver(() => redis.stop())
    await Promise.all([kafka.kill(), redis.kill()])
    for (const role of roles) {
      const environment = {
        KAFKA_BROKERS: kafka.address,
        REDIS_URL: redis.address,
        TOPIC_PARTITIONS: '2',
        EMBEDDER: 'lexical',
        PORT: '0',
      }
      const command = halflifeCommand([role], environment, whenOver)
      const [, port] = await command.printed(/"port":(\d+),"msg":"Listening/)
      services[role] = { command, client: httpClient(Number(port)) }
    }
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  const click = (userId: string, itemId: string) =>
    services.collector.client.send('POST', '/v1/events', { type: 'click', userId, itemId })
  const statusOf = async (role: (typeof roles)[number], path: string) =>
    (await services[role].client.get(path)).status
  const massOf = async (userId: string) =>
    (await services.scorer.client.get(`/v1/users/${userId}/interests`)).text

  it('at the start: lives, is not ready and says what it waits for, then goes on by itself', async () => {
    for (const role of roles) {
      expect(await statusOf(role, '/livez')).toBe(200)
      const { status, text } = await services[role].client.get('/readyz')
      expect(status).toBe(503)
      expect(text).toMatch(role === 'scorer' ? /"start":"not yet"/ : /"log":"/)
    }
    expect((await click('ann', 'a')).body.code).toBe('HL_NOT_READY')
    await Promise.all([kafka.start(), redis.start()])
    for (const role of roles) await expect.poll(() => statusOf(role, '/readyz'), PATIENCE).toBe(200)
    await services.collector.client.send('PUT', '/v1/items/a', { title: 'A Quiet Orbit' })
    expect((await click('ann', 'a')).status).toBe(202)
    await expect.poll(() => massOf('ann'), PATIENCE).toContain('A Quiet Orbit')
  })

  it('Redis: events are accepted and wait, answers say why there are none, nothing is lost', async () => {
    await redis.kill()
    await expect.poll(() => statusOf('scorer', '/readyz'), PATIENCE).toBe(503)
    const answer = await services.scorer.client.get('/v1/users/ann/recommendations')
    expect([answer.status, answer.body.code]).toEqual([503, 'HL_STORE_UNAVAILABLE'])
    expect(answer.headers.get('retry-after')).toBe('1')
    for (const role of roles) expect(await statusOf(role, '/livez')).toBe(200)
    expect((await click('bo', 'a')).status).toBe(202)
    await redis.start()
    await expect.poll(() => massOf('bo'), PATIENCE).toContain('A Quiet Orbit')
  })

  it('Kafka: events are refused for now, answers go on, and intake resumes by itself', async () => {
    await kafka.kill()
    const refused = await click('cy', 'a')
    expect([refused.status, refused.body.code]).toEqual([503, 'HL_LOG_UNAVAILABLE'])
    await services.collector.command.printed(
      /appending to halflife\.events:.*"msg":"Waiting until it is back\./,
    )
    expect(await services.collector.client.get('/metrics')).toMatchObject({
      text: expect.stringMatching(/^halflife_waits_total\{on="log",service="collector"\} [1-9]/m),
    })
    expect(await statusOf('scorer', '/v1/users/ann/recommendations')).toBe(200)
    for (const role of roles) expect(await statusOf(role, '/livez')).toBe(200)
    await kafka.start()
    await expect.poll(async () => (await click('cy', 'a')).status, PATIENCE).toBe(202)
    await expect.poll(() => massOf('cy'), PATIENCE).toContain('A Quiet Orbit')
  })

  it('a topic deleted: says which one is missing, and does not make it again', async () => {
    const admin = new Kafka({ brokers: [kafka.address], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    whenOver(() => admin.disconnect())
    await admin.deleteTopics({ topics: ['halflife.events'] })
    const readiness = async () => (await services.collector.client.get('/readyz')).text
    await expect.poll(readiness, PATIENCE).toMatch(/"log":"Kafka lacks halflife\.events\./)
    expect(await statusOf('collector', '/readyz')).toBe(503)
    expect(await statusOf('scorer', '/readyz')).toBe(200)
    expect(await admin.listTopics()).not.toContain('halflife.events')
  })

  it('ends in good order on SIGTERM', async () => {
    for (const role of roles) services[role].command.signal('SIGTERM')
    for (const role of roles) expect([role, await services[role].command.ended]).toEqual([role, 0])
  })
})
