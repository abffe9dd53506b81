import type { Bench, Benchmark } from '../benchmark.ts'
import { against, type Figure, figureOf } from '../figure.ts'
import type { Place } from '../place.ts'
import { newWorld } from '../stored-world.ts'
import { trackApart, trackWith, type Work } from '../tracking.ts'
import { eventsOf } from '../workload.ts'

const TRACKERS = [1, 2, 4]
const PARTITIONS = 12

interface Size {
  readonly measured: number
  /** Of each tracker. */
  readonly warmUp: number
  readonly users: number
  readonly items: number
}

interface Costs {
  /** µs an event, of trackers that share a topic. */
  readonly together: number
  /** Of as many that have a topic and a store of their own each, at the same time. */
  readonly apart: number
}

/** Trackers share nothing but Kafka and Redis: an event costs the same CPU however many they are. What
 *  the machine makes dearer with more processes than cores it makes dearer for strangers, too: trackers at the same time of
 *  which each has a part of the partitions, of the events and of the users for itself. */
export const scaleOut: Benchmark = {
  name: 'scale-out',
  measures:
    'CPU an event of 2 and 4 trackers over 12 partitions, against 1 tracker; and against as many, each with a topic of its own',
  quickly:
    '40,000 events instead of 300,000 and warm-up of 8,000 instead of 100,000 a tracker, once, not three times',
  slow: true,
  async run(bench) {
    const size = bench.quick
      ? { measured: 40_000, warmUp: 8_000, users: 4_000, items: 2_000 }
      : { measured: 300_000, warmUp: 100_000, users: 50_000, items: 20_000 }
    const rounds: Costs[][] = []
    for (let run = 0; run < (bench.quick ? 1 : 3); run++) rounds.push(await round(size, bench))
    return TRACKERS.flatMap((count, place): Figure[] => {
      if (place === 0) return []
      const goal = { sense: 'at most', ratio: 1.1 } as const
      const beside = (name: string, reference: (costs: Costs[]) => number) =>
        rounds.map((costs) => against(name, costs[place]!.together, reference(costs)))
      const alone = beside('1 tracker', (costs) => costs[0]!.together)
      const apart = beside(`${count} apart`, (costs) => costs[place]!.apart)
      return [
        figureOf(`scale-out ${count} trackers`, 'µs/event', goal, alone),
        figureOf(`scale-out ${count} trackers, ${count} apart`, 'µs/event', goal, apart),
      ]
    })
  },
}

async function round(size: Size, bench: Bench): Promise<Costs[]> {
  const costs: Costs[] = []
  for (const count of TRACKERS) {
    const place = await placeOf(1, size, bench)
    const { cpuMicros: together } = await trackWith(count, place, workOf(1, count, size), bench)
    costs.push({ together, apart: count === 1 ? together : await apart(count, size, bench) })
  }
  return costs
}

async function apart(count: number, size: Size, bench: Bench): Promise<number> {
  const places: Place[] = []
  for (let n = 0; n < count; n++) places.push(await placeOf(count, size, bench))
  return trackApart(
    places,
    places.map(() => workOf(count, count, size)),
    bench,
  )
}

/** One of so many `shares` of the partitions; all items are wanted in each. */
async function placeOf(shares: number, { items }: Size, bench: Bench): Promise<Place> {
  const environment = { TOPIC_PARTITIONS: String(PARTITIONS / shares) }
  return (await newWorld(bench, { items, users: 0 }, environment)).place
}

/** One of so many `shares` of what so many trackers do. */
function workOf(shares: number, trackers: number, { measured, users, items, ...size }: Size): Work {
  const warmUp = (size.warmUp * trackers) / shares
  const events = warmUp + measured / shares
  const source = eventsOf(events, { users: users / shares, items, beganMs: Date.now() - events })
  return { events, warmUp, source }
}
