import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Benchmark } from '../benchmark.ts'
import { writeEvents } from '../event-topic.ts'
import { against, type Figure, figureOf, quantile } from '../figure.ts'
import { askingFor, fullLoad } from '../load.ts'
import { openLogAt, type Place } from '../place.ts'
import { kafkaRoundTrips } from '../references/kafka-round-trip.ts'
import { startService } from '../service-process.ts'
import { ASKING_USERS, newWorld } from '../stored-world.ts'
import { trackAll } from '../tracking.ts'
import { eventsOf } from '../workload.ts'

const ITEMS = 2_000
const LOAD_SHARE = 0.7
/** Events a second. */
const LIGHT_LOADS = [100, 5_000]
const TICK_MS = 50
const FRESH_MS = 1_000

/** From a click's being accepted to the first answer without the clicked item, while the tracker has other work to do. */
export const freshness: Benchmark = {
  name: 'freshness',
  measures:
    'ms from an accepted click to an answer that it has changed, at 70 % of the best rate, against Kafka alone',
  quickly:
    '10 clicks instead of 300, at 70 % alone; the best rate is that of 10,000 events instead of 200,000',
  async run(bench) {
    const [events, clicks] = bench.quick ? [10_000, 10] : [200_000, 300]
    const { place } = await newWorld(bench, { items: ITEMS, users: ASKING_USERS })
    await writeEvents(place, { events, users: 10_000, items: ITEMS }, bench)
    const { perSecond } = await trackAll(place, events, bench)
    const light: Figure[] = []
    for (const rate of bench.quick ? [] : LIGHT_LOADS) {
      const { middle, late } = await freshnessAt(place, rate, clicks, bench)
      light.push(
        figureOf(`freshness ${rate}/s p50`, 'ms', undefined, [middle]),
        figureOf(`freshness ${rate}/s p99`, 'ms', undefined, [late]),
      )
    }
    const { middle, late } = await freshnessAt(place, perSecond * LOAD_SHARE, clicks, bench)
    return [
      ...light,
      figureOf('freshness p50', 'ms', { sense: 'at most', ratio: 3 }, [middle]),
      figureOf('freshness p99', 'ms', { sense: 'at most', ratio: 1 }, [late]),
    ]
  },
}

/** The median beside that of Kafka alone, and the 99th percentile beside a second. */
async function freshnessAt(place: Place, perSecond: number, clicks: number, bench: Bench) {
  const { clicked, alone } = await underLoad(place, perSecond, clicks, bench)
  const at = (part: number) => ({ fresh: quantile(clicked, part), kafka: quantile(alone, part) })
  const [middle, slow] = [at(0.5), at(0.99)]
  return {
    middle: against('Kafka alone', middle.fresh, middle.kafka),
    late: { figure: slow.fresh, limit: FRESH_MS, references: { 'Kafka alone': slow.kafka } },
  }
}

/** Product and reference in turns. */
async function underLoad(place: Place, perSecond: number, clicks: number, bench: Bench) {
  const services = await Promise.all(
    ['collector', 'tracker', 'scorer'].map((role) => startService([role], place.environment, bench)),
  )
  const [collector, , scorer] = services
  // A young process runs slow code.
  const path = askingFor(ASKING_USERS)
  await fullLoad(scorer!.url, bench.quick ? 1 : 5, () => ({ path: path() }))
  const trips = await kafkaRoundTrips(place.settings.KAFKA_BROKERS!, place.topics.users)
  const background = appendSteadily(place, perSecond)
  const clicked: number[] = []
  const alone: number[] = []
  for (let click = 0; click < clicks; click++) {
    clicked.push(await clickToAnswer(collector!.url, scorer!.url, `user-${click % ASKING_USERS}`))
    alone.push(await trips.once())
    bench.progress('Clicking', click + 1, clicks)
  }
  await background.stop()
  await trips.close()
  await Promise.all(services.map((service) => service.stop()))
  return { clicked, alone }
}

/** Appends events of other users at so many a second until stopped. */
function appendSteadily(place: Place, perSecond: number): { stop(): Promise<void> } {
  const log = openLogAt(place)
  const events = eventsOf(Number.MAX_SAFE_INTEGER, { users: 10_000, items: ITEMS, beganMs: Date.now() })
  let stopped = false
  async function run(): Promise<void> {
    const beganMs = performance.now()
    for (let sent = 0; !stopped; await sleep(TICK_MS)) {
      const due = Math.floor(((performance.now() - beganMs) / 1_000) * perSecond) - sent
      const records = Array.from({ length: due }, () => events.next().value!).map((event, n) => {
        const fresh = { ...event, eventId: `load-${perSecond}-${sent + n}`, userId: `other-${event.userId}` }
        return { key: fresh.userId, value: Buffer.from(JSON.stringify(fresh)) }
      })
      await log.append(place.topics.events, records)
      sent += due
    }
  }
  const running = run()
  return {
    async stop() {
      stopped = true
      await running
      await log.close()
    },
  }
}

/** ms from the answer to a click on the first item of the user's page until a page comes without it: what was dealt with is
 *  not shown again. */
async function clickToAnswer(collector: string, scorer: string, userId: string): Promise<number> {
  const pageOf = async () => {
    const response = await fetch(`${scorer}/v1/users/${userId}/recommendations`)
    const { items } = (await response.json()) as { items: { itemId: string }[] }
    return items.map(({ itemId }) => itemId)
  }
  const [itemId] = await pageOf()
  if (itemId === undefined) throw new Error(`${userId} is shown nothing`)
  const body = JSON.stringify({ type: 'click', userId, itemId })
  const headers = { 'content-type': 'application/json' }
  const accepted = await fetch(`${collector}/v1/events`, { method: 'POST', headers, body })
  if (!accepted.ok) throw new Error(`the click was answered with ${accepted.status}`)
  const beganMs = performance.now()
  while ((await pageOf()).includes(itemId));
  return performance.now() - beganMs
}
