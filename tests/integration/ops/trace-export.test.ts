import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { freePort } from '../../substrate/free-port.ts'
import { type GatheredSpan, traceGatherer } from '../../substrate/trace-gatherer.ts'
import { halflifeCommand } from '../halflife-command.ts'
import { type HttpClient, httpClient } from '../http-client.ts'
import { embeddedPlace, serversPlace, type WhenOver } from '../running-halflife.ts'

const { environment } = serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
const topic = `${environment.TOPIC_PREFIX}.events`
const traceId = (n: number) => `4bf92f3577b34da6a3ce929d0e0e473${n}`
const spanId = '00f067aa0ba902b7'
const traced = (n: number) => ({ traceparent: `00-${traceId(n)}-${spanId}-01` })
const click = (userId: string) => ({ type: 'click', userId, itemId: 'a' })

describe('exported traces', () => {
  const cleanings: (() => Promise<void>)[] = []
  const whenOver: WhenOver = (clean) => cleanings.push(clean)
  let gatherer: Awaited<ReturnType<typeof traceGatherer>>
  let collector: HttpClient
  let scorer: HttpClient
  let scorerLog: () => string

  beforeAll(async () => {
    gatherer = await traceGatherer(whenOver)
    const settings = {
      ...environment,
      EMBEDDER: 'lexical',
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: gatherer.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    }
    const start = async (role: string) => {
      const port = await freePort()
      const command = halflifeCommand([role], { ...settings, PORT: String(port) }, whenOver)
      await command.printed(/"msg":"Service started."/)
      return { client: httpClient(port), log: () => command.output().stderr }
    }
    const [taking, , answering] = await Promise.all(['collector', 'tracker', 'scorer'].map(start))
    collector = taking!.client
    scorer = answering!.client
    scorerLog = answering!.log
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  const spansOf = (n: number) => gatherer.spans.filter((span) => span.traceId === traceId(n))
  const gathered = async (n: number, name: string): Promise<GatheredSpan> => {
    const find = () => spansOf(n).find((span) => span.name === name)
    await expect.poll(find, { timeout: 20_000 }).toBeDefined()
    return find()!
  }

  it('lead from the request with an event to the tracker that handles it', async () => {
    await collector.ask('POST', '/v1/events', traced(1), [click('ann'), click('bo')])
    const request = await gathered(1, 'POST /v1/events')
    const append = await gathered(1, `send ${topic}`)
    const batch = await gathered(1, `process ${topic}`)
    expect(request).toMatchObject({
      service: 'halflife-collector',
      parentSpanId: spanId,
      kind: 2,
      attributes: { 'http.route': '/v1/events', 'http.response.status_code': 202 },
    })
    expect(append).toMatchObject({
      service: 'halflife-collector',
      parentSpanId: request.spanId,
      kind: 4,
      attributes: { 'messaging.system': 'kafka', 'messaging.batch.message_count': 2 },
    })
    expect(batch).toMatchObject({
      service: 'halflife-tracker',
      parentSpanId: append.spanId,
      kind: 5,
      links: [{ traceId: traceId(1), spanId: append.spanId }],
      attributes: { 'messaging.consumer.group.name': `${environment.TOPIC_PREFIX}-events` },
    })
    expect([...gatherer.paths]).toEqual(['/v1/traces'])
  })

  it('go with a request to forget a user', async () => {
    await collector.ask('DELETE', '/v1/users/cy', traced(2))
    const append = await gathered(2, `send ${topic}`)
    expect(await gathered(2, `process ${topic}`)).toMatchObject({ parentSpanId: append.spanId })
  })

  it('show the steps of an answer, and name what is in its log line', async () => {
    await scorer.get('/v1/users/ann/recommendations', traced(3))
    const request = await gathered(3, 'GET /v1/users/:userId/recommendations')
    expect(request).toMatchObject({ service: 'halflife-scorer', parentSpanId: spanId })
    for (const step of ['wait', 'retrieve', 'rank', 'explain']) {
      expect(await gathered(3, step)).toMatchObject({ parentSpanId: request.spanId, kind: 1 })
    }
    const lines = scorerLog().split('\n')
    const ranked = lines.find((line) => line.includes(traceId(3)) && line.includes('"msg":"Ranked."'))
    expect(JSON.parse(ranked!)).toMatchObject({ spanId: request.spanId })
  })

  it('hold no id of a user or an item, and nothing of what is not recorded', async () => {
    await collector.ask('POST', '/v1/events', { traceparent: `00-${traceId(4)}-${spanId}-00` }, click('dan'))
    await collector.ask('PUT', '/v1/users/dan', traced(5), { statedInterests: ['chess'] })
    await gathered(5, `process ${environment.TOPIC_PREFIX}.users`)
    await collector.get('/metrics', traced(6))
    expect(spansOf(4)).toEqual([])
    expect(spansOf(6)).toEqual([])
    expect(JSON.stringify(gatherer.spans)).not.toMatch(/"(ann|bo|cy|dan|a)"|users\/\w/)
  })
})

describe('an exporter that is down', () => {
  it('disturbs nothing: requests are answered, the loss is counted and said once, and the process ends in order', async () => {
    const place = await embeddedPlace(onTestFinished)
    const settings = {
      ...place.environment,
      PORT: '0',
      EMBEDDER: 'lexical',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${await freePort()}/v1/traces`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      // Shorter than the pause before a second attempt.
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    }
    const command = halflifeCommand(['start', '--no-demo'], settings, onTestFinished)
    const [, port] = await command.printed(/ready on http:\/\/127\.0\.0\.1:(\d+)/)
    const { send, get } = httpClient(Number(port))
    const lost = async () =>
      Number(/halflife_spans_total\{outcome="failed".*\} (\d+)/.exec((await get('/metrics')).text)![1])
    for (let failedBefore = 0, turn = 0; turn < 3; turn++) {
      expect((await send('POST', '/v1/events', click('ann'))).status).toBe(202)
      expect((await get('/v1/users/ann/recommendations')).status).toBe(200)
      await expect.poll(lost, { timeout: 10_000 }).toBeGreaterThan(failedBefore)
      failedBefore = await lost()
    }
    expect((await get('/readyz')).status).toBe(200)
    command.signal('SIGTERM')
    expect(await command.ended).toBe(0)
    const said = command
      .output()
      .stderr.split('\n')
      .filter((line) => line.includes('Spans'))
    expect(said).toEqual([expect.stringContaining('Spans cannot be exported; all else goes on.')])
  })
})
