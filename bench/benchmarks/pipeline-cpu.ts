import type { Benchmark } from '../benchmark.ts'
import { against, figureOf } from '../figure.ts'
import { trackingRounds } from '../tracking-rounds.ts'

/** What the tracker may add to reading and storing, µs an event. */
const OWN_PART_MICROS = 10

/** Where the pipeline's time goes: CPU does not depend on who else uses the machine as much as time does. */
export const pipelineCpu: Benchmark = {
  name: 'pipeline-cpu',
  measures: 'CPU of tracker and Redis an event, against kafkajs and Redis alone',
  quickly: 'as pipeline',
  async run(bench) {
    const rounds = await trackingRounds(bench)
    const own = rounds.map(({ tracked, consumed, stored }) => {
      const bare = consumed.cpuMicros + stored.cpuMicros
      return {
        figure: Math.max(0, tracked.cpuMicros - bare),
        limit: OWN_PART_MICROS,
        references: { 'kafkajs and Redis client alone': bare, tracker: tracked.cpuMicros },
      }
    })
    const redis = rounds.map(({ tracked, stored }) =>
      against('Redis alone', tracked.redisCpuMicros, stored.redisCpuMicros),
    )
    return [
      figureOf('pipeline-cpu own part', 'µs/event', { sense: 'at most', ratio: 1 }, own),
      figureOf('pipeline-cpu Redis', 'µs/event', undefined, redis),
    ]
  },
}
