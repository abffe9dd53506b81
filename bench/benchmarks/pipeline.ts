import type { Benchmark } from '../benchmark.ts'
import { against, chained, figureOf } from '../figure.ts'
import { trackingRounds } from '../tracking-rounds.ts'

/** The delay of the event loop beyond which a probe or a heartbeat would notice, ms. */
const RESPONSIVE_MS = 50

/** Events from Kafka to states in Redis, by one tracker in a process of its own. */
export const pipeline: Benchmark = {
  name: 'pipeline',
  measures: 'events a second from Kafka to states in Redis, against kafkajs and Redis alone',
  quickly: '40,000 events of 4,000 users, once, instead of 1,000,000 of 100,000, three times',
  async run(bench) {
    const rounds = await trackingRounds(bench)
    const speeds = rounds.map(({ tracked, consumed, stored }) => ({
      figure: tracked.perSecond,
      limit: chained(consumed.perSecond, stored.perSecond),
      references: { 'kafkajs alone': consumed.perSecond, 'Redis alone': stored.perSecond },
    }))
    const delays = rounds.map(({ tracked }) => against('responsive', tracked.loopDelayMs, RESPONSIVE_MS))
    return [
      figureOf('pipeline', 'events/s', { sense: 'at least', ratio: 0.8 }, speeds),
      figureOf('pipeline event loop p99', 'ms', { sense: 'at most', ratio: 1 }, delays),
    ]
  },
}
