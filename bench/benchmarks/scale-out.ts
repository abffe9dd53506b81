import type { Bench, Benchmark } from '../benchmark.ts'
import { against, type Figure, figureOf } from '../figure.ts'
import { newWorld } from '../stored-world.ts'
import { type Tracked, trackWith } from '../tracking.ts'
import { eventsOf } from '../workload.ts'

const TRACKERS = [1, 2, 4]

/** Trackers share nothing but Kafka and Redis: an event costs the same CPU however many they are. */
export const scaleOut: Benchmark = {
  name: 'scale-out',
  measures: 'CPU an event of 1, 2 and 4 trackers over 12 partitions, against 1 tracker',
  quickly: '60,000 events instead of 400,000, once instead of three times',
  slow: true,
  async run(bench) {
    const rounds: Tracked[][] = []
    for (let run = 0; run < (bench.quick ? 1 : 3); run++) rounds.push(await round(bench))
    return TRACKERS.flatMap((trackers, place): Figure[] => {
      const runs = rounds.map((round) => against('1 tracker', round[place]!.cpuMicros, round[0]!.cpuMicros))
      const goal = { sense: 'at most', ratio: 1.1 } as const
      return place === 0 ? [] : [figureOf(`scale-out ${trackers} trackers`, 'µs/event', goal, runs)]
    })
  },
}

async function round(bench: Bench): Promise<Tracked[]> {
  const size = bench.quick
    ? { events: 60_000, warmUp: 8_000, users: 4_000, items: 2_000 }
    : { events: 400_000, warmUp: 20_000, users: 50_000, items: 20_000 }
  const tracked: Tracked[] = []
  for (const trackers of TRACKERS) {
    const { place } = await newWorld(bench, { items: size.items, users: 0 })
    const source = eventsOf(size.events, { ...size, beganMs: Date.now() - size.events })
    const warmUp = size.warmUp * trackers
    tracked.push(await trackWith(trackers, place, { ...size, warmUp, source }, bench))
  }
  return tracked
}
