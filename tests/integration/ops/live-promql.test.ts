import { fileURLToPath } from 'node:url'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { allQueries, familyOf, metricsIn, rulesFolder } from '../../ops/metric-names.ts'
import { documentedMetrics, shownLabels } from '../../ops/metrics-page.ts'
import { startPrometheus } from '../../substrate/prometheus.ts'
import { type HalflifeCommand, halflifeCommand } from '../halflife-command.ts'
import { type HttpClient, httpClient } from '../http-client.ts'
import { serversPlace, type WhenOver } from '../running-halflife.ts'
import { type PrometheusClient, prometheusClient } from './prometheus-client.ts'

/** Collector, tracker and scorer as they are built, each a process, over real Kafka and Redis, with traffic on them and a
 *  real Prometheus that scrapes them and evaluates the rules. */
describe('every panel and every rule', () => {
  const cleanings: (() => Promise<void>)[] = []
  const whenOver: WhenOver = (clean) => cleanings.push(clean)
  const { environment } = serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
  let services: readonly HttpClient[]
  let traffic: HalflifeCommand
  let prometheus: PrometheusClient

  beforeAll(async () => {
    services = await Promise.all(['collector', 'tracker', 'scorer'].map(runService))
    const [collector, , scorer] = services as [HttpClient, HttpClient, HttpClient]
    const urls = ['--events-url', collector.url, '--answers-url', scorer.url]
    traffic = halflifeCommand(['traffic', ...urls, '--rate', '30'], {}, whenOver)
    const targets = services.map(({ url }) => new URL(url).host)
    const server = await startPrometheus({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['halflife.rules.yml', 'halflife.alerts.yml'].map((file) =>
        fileURLToPath(new URL(file, rulesFolder)),
      ),
      scrape_configs: [{ job_name: 'halflife', static_configs: [{ targets }] }],
    })
    whenOver(server.stop)
    prometheus = prometheusClient(server.address)
    await whatGoesWrong(collector)
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  async function runService(role: string): Promise<HttpClient> {
    const command = halflifeCommand([role], { ...environment, EMBEDDER: 'lexical', PORT: '0' }, whenOver)
    const [, port] = await command.printed(/"port":(\d+),"msg":"Service started/)
    return httpClient(Number(port))
  }

  /** What made-up visitors do not do: series that appear only with trouble. */
  async function whatGoesWrong(collector: HttpClient): Promise<void> {
    await collector.get('/v1/nothing-of-the-kind')
    await collector.send('POST', '/v1/events', { type: 'stare', userId: 'ann', itemId: 'a' })
    await collector.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId: 'nobody-knows-it' })
    const kafka = new Kafka({ brokers: inject('kafkaBrokers').split(','), logLevel: logLevel.NOTHING })
    const producer = kafka.producer()
    await producer.connect()
    const topic = `${environment.TOPIC_PREFIX}.events`
    await producer.send({ topic, messages: [{ key: 'ann', value: 'no JSON' }] })
    await producer.disconnect()
  }

  it('has data', async () => {
    const queries = await allQueries()
    expect(queries.length).toBeGreaterThan(80)
    await expect.poll(() => prometheus.dataless(queries), { timeout: 40_000, interval: 1_000 }).toEqual([])
  })

  it('would be missed: each metric that is renamed leaves a panel or a rule without data', async () => {
    const queries = await allQueries()
    const metrics = new Set(queries.flatMap(({ expr }) => metricsIn(expr)))
    for (const metric of metrics) {
      const renamed = new RegExp(`(?<![\\w:])${metric}(?![\\w:])`, 'g')
      const affected = queries.filter(({ expr }) => renamed.test(expr))
      const broken = affected.map(({ by, expr }) => ({
        by,
        expr: expr.replaceAll(renamed, `${metric}_renamed`),
      }))
      expect(broken.length, metric).toBeGreaterThan(0)
      expect(await prometheus.dataless(broken), metric).toHaveLength(broken.length)
    }
  })

  it('shows what the traffic does', async () => {
    const [tracked] = await prometheus.query('sum(halflife_events_total{outcome="applied"})')
    const [clicks] = await prometheus.query('sum(halflife_intake_events_total{type="click"})')
    const [lost] = await prometheus.query('halflife:events_lost:increase1h')
    expect([clicks! > 10, tracked! > 10, lost]).toEqual([true, true, 0])
    const [behind] = await prometheus.query('halflife:consumer_lag_seconds:max')
    expect(behind).toBeLessThan(60)
  })

  it('finds the labels that docs/metrics.md names', async () => {
    const documented = new Map((await documentedMetrics()).map(({ name, labels }) => [name, labels]))
    for (const service of services) {
      for (const { name, labels } of shownLabels((await service.get('/metrics')).text)) {
        expect([name, documented.get(name) ?? documented.get(familyOf(name))]).toEqual([name, labels])
      }
    }
  })

  it('ends the traffic in good order when it is told to', async () => {
    traffic.signal('SIGTERM')
    expect(await traffic.ended).toBe(0)
    const [, visits, failures] = await traffic.printed(
      /visits (\d+), clicks \d+, failures (\d+), skipped \d+\n/,
    )
    expect([Number(visits) > 100, failures]).toEqual([true, '0'])
  })
})
