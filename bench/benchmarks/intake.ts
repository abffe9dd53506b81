import type { Benchmark } from '../benchmark.ts'
import { recordOf } from '../event-topic.ts'
import { chained, figureOf, type Run } from '../figure.ts'
import { CONNECTIONS, fullLoad } from '../load.ts'
import { createTopics, newPlace } from '../place.ts'
import { bareAppending } from '../references/bare-appending.ts'
import { startReference, startService } from '../service-process.ts'
import { eventsOf } from '../workload.ts'

const EVENTS_PER_REQUEST = 100
const BODIES = 64

/** Events through the collector into Kafka. */
export const intake: Benchmark = {
  name: 'intake',
  measures: 'events a second through POST /v1/events, 100 a request, against Fastify and a producer alone',
  quickly: '1 s a run, once, instead of 10 s, five times',
  async run(bench) {
    const place = await newPlace(bench)
    await createTopics(place)
    const events = [
      ...eventsOf(BODIES * EVENTS_PER_REQUEST, { users: 10_000, items: 20_000, beganMs: Date.now() }),
    ]
    const bodies = Array.from({ length: BODIES }, (_, n) =>
      JSON.stringify(events.slice(n * EVENTS_PER_REQUEST, (n + 1) * EVENTS_PER_REQUEST)),
    )
    // As much as the connections have in flight together, which is what the collector can send in one request.
    const messages = events.slice(0, CONNECTIONS * EVENTS_PER_REQUEST).map(recordOf)
    const collector = await startService(['collector'], place.environment, bench)
    const bare = await startReference('bare-intake.ts', [], {}, bench)
    const [seconds, times] = bench.quick ? [1, 1] : [10, 5]
    let request = 0
    const next = () => ({
      method: 'POST' as const,
      path: '/v1/events',
      headers: { 'content-type': 'application/json' },
      body: bodies[request++ % BODIES]!,
    })
    const eventsPerSecond = async (url: string) => (await fullLoad(url, seconds, next)) * EVENTS_PER_REQUEST
    for (const { url } of [collector, bare]) await fullLoad(url, 1, next)
    const runs: Run[] = []
    for (let run = 0; run < times; run++) {
      const figure = await eventsPerSecond(collector.url)
      const parsed = await eventsPerSecond(bare.url)
      const brokers = place.settings.KAFKA_BROKERS!
      const appended = await bareAppending(brokers, place.topics.events, messages, seconds)
      const references = { 'Fastify alone': parsed, 'kafkajs producer alone': appended }
      runs.push({ figure, limit: chained(parsed, appended), references })
      bench.progress('Taking events in', run + 1, times)
    }
    await Promise.all([collector.stop(), bare.stop()])
    return [figureOf('intake', 'events/s', { sense: 'at least', ratio: 0.7 }, runs)]
  },
}
