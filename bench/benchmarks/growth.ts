import { type Bench, type Benchmark, sizesWithin } from '../benchmark.ts'
import { against, type Figure, figureOf } from '../figure.ts'
import { fullLoad, pagesOf } from '../load.ts'
import { clearPlace, type Place } from '../place.ts'
import { startService } from '../service-process.ts'
import { newWorld } from '../stored-world.ts'
import { trackWith } from '../tracking.ts'
import type { WrittenEvent } from '../workload.ts'

const ITEMS = 2_000

/** In turns of so many the users of a batch are others. */
const TURNS = 5

/** What an event and an answer cost as users become many, batches being alike: each has a thousand users, of whom the store
 *  holds a state, several times over, but for the few in which the next thousand have their turn. Only what surrounds them
 *  grows. */
export const growth: Benchmark = {
  name: 'growth',
  measures: 'CPU an event (tracker and Redis) and an answer at 1,000 to 1,000,000 users, against 1,000',
  quickly: '1,000 and 10,000 users, 40,000 events instead of 200,000, once instead of three times',
  slow: true,
  async run(bench) {
    const sizes = bench.quick ? [1_000, 10_000] : sizesWithin([1_000, 10_000, 100_000, 1_000_000], bench)
    const rounds: Cost[][] = []
    for (let run = 0; run < (bench.quick ? 1 : 3); run++) {
      const costs: Cost[] = []
      for (const users of sizes) costs.push(await costAt(users, bench))
      rounds.push(costs)
    }
    const goal = { sense: 'at most', ratio: 1.2 } as const
    return sizes.flatMap((users, size): Figure[] => {
      if (size === 0) return []
      const versus = (of: (cost: Cost) => number) =>
        rounds.map((costs) => against(`${sizes[0]} users`, of(costs[size]!), of(costs[0]!)))
      return [
        figureOf(
          `growth event ${users} users`,
          'µs/event',
          goal,
          versus(({ event }) => event),
        ),
        figureOf(
          `growth answer ${users} users`,
          'µs/answer',
          goal,
          versus(({ answer }) => answer),
        ),
      ]
    })
  },
}

/** CPU, µs. */
interface Cost {
  readonly event: number
  readonly answer: number
}

async function costAt(users: number, bench: Bench): Promise<Cost> {
  const events = bench.quick ? 40_000 : 200_000
  // One partition, so that a batch can hold a thousand users even when there are no more.
  const { place } = await newWorld(bench, { items: ITEMS, users }, { TOPIC_PARTITIONS: '1' })
  const work = { events, warmUp: events / 4, source: roundRobin(events, users) }
  const tracked = await trackWith(1, place, work, bench)
  const cost = {
    event: tracked.cpuMicros + tracked.redisCpuMicros,
    answer: await answerMicros(place, users, bench),
  }
  // A million users are 8 GB: with those of earlier rounds beside them most machines would be full.
  await clearPlace(place)
  return cost
}

/** A thousand users after one another, again and again, then another thousand, wherever they lie in the store. */
function* roundRobin(events: number, users: number): Generator<WrittenEvent> {
  const stride = users / 1_000
  for (let i = 0; i < events; i++) {
    const turn = Math.floor((i * TURNS) / events)
    const userId = `user-${(i % 1_000) * stride + (turn % stride)}`
    yield {
      eventId: `event-${i}`,
      type: 'click',
      userId,
      itemId: `item-${(i * 7) % ITEMS}`,
      occurredAt: new Date().toISOString(),
      sessionId: `session-${userId}`,
      context: {},
    }
  }
}

/** CPU of the scorer for one answer. */
async function answerMicros(place: Place, users: number, bench: Bench): Promise<number> {
  const scorer = await startService(['scorer'], place.environment, bench)
  const next = pagesOf(users)
  await fullLoad(scorer.url, 1, next)
  const before = await scorer.usage()
  await fullLoad(scorer.url, bench.quick ? 1 : 5, next)
  const after = await scorer.usage()
  await scorer.stop()
  const answers = after.metric('halflife_answers_total') - before.metric('halflife_answers_total')
  return (after.cpuMicros - before.cpuMicros) / answers
}
