import type { Bench, Benchmark } from '../benchmark.ts'
import { against, type Figure, figureOf } from '../figure.ts'
import { newWorld } from '../stored-world.ts'
import { barelyTrackWith, type Tracked, trackWith } from '../tracking.ts'
import { eventsOf } from '../workload.ts'

const TRACKERS = [1, 2, 4]

interface Scaled {
  readonly trackers: Tracked
  /** µs an event. */
  readonly bareMicros: number
}

/** Trackers share nothing but Kafka and Redis: an event costs the same CPU however many they are. As
 *  many processes that do no more than read and store tell how much dearer the shared cores make it. */
export const scaleOut: Benchmark = {
  name: 'scale-out',
  measures:
    'CPU an event of 1, 2 and 4 trackers over 12 partitions, against 1 tracker; and of as many processes that only read and store',
  quickly:
    '40,000 events instead of 300,000 and warm-up of 8,000 instead of 100,000 a tracker, once, not three times',
  slow: true,
  async run(bench) {
    const rounds: Scaled[][] = []
    for (let run = 0; run < (bench.quick ? 1 : 3); run++) rounds.push(await round(bench))
    return TRACKERS.flatMap((count, place): Figure[] => {
      if (place === 0) return []
      const growth = (name: string, microsOf: (scaled: Scaled) => number) =>
        rounds.map((round) => against(name, microsOf(round[place]!), microsOf(round[0]!)))
      const trackers = growth('1 tracker', (scaled) => scaled.trackers.cpuMicros)
      const bare = growth('1 process', (scaled) => scaled.bareMicros)
      return [
        figureOf(`scale-out ${count} trackers`, 'µs/event', { sense: 'at most', ratio: 1.1 }, trackers),
        figureOf(`scale-out ${count} bare`, 'µs/event', undefined, bare),
      ]
    })
  },
}

async function round(bench: Bench): Promise<Scaled[]> {
  const size = bench.quick
    ? { measured: 40_000, warmUp: 8_000, users: 4_000, items: 2_000 }
    : { measured: 300_000, warmUp: 100_000, users: 50_000, items: 20_000 }
  const scaled: Scaled[] = []
  for (const trackers of TRACKERS) {
    const { place } = await newWorld(bench, { items: size.items, users: 0 })
    const warmUp = size.warmUp * trackers
    const events = warmUp + size.measured
    const source = eventsOf(events, { ...size, beganMs: Date.now() - events })
    scaled.push({
      trackers: await trackWith(trackers, place, { events, warmUp, source }, bench),
      bareMicros: await barelyTrackWith(trackers, place, { events, warmUp }, bench),
    })
  }
  return scaled
}
