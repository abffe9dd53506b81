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
  quickly:
    '40,000 events instead of 300,000 and warm-up of 8,000 instead of 100,000 a tracker, once, not three times',
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
    ? { measured: 40_000, warmUp: 8_000, users: 4_000, items: 2_000 }
    : { measured: 300_000, warmUp: 100_000, users: 50_000, items: 20_000 }
  const tracked: Tracked[] = []
  for (const trackers of TRACKERS) {
    const { place } = await newWorld(bench, { items: size.items, users: 0 })
    const warmUp = size.warmUp * trackers
    const events = warmUp + size.measured
    const source = eventsOf(events, { ...size, beganMs: Date.now() - events })
    tracked.push(await trackWith(trackers, place, { events, warmUp, source }, bench))
  }
  return tracked
}
