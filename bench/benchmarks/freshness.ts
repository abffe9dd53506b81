import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Benchmark } from '../benchmark.ts'
import { recordOf } from '../event-topic.ts'
import { against, type Figure, figureOf, quantile } from '../figure.ts'
import { openLogAt, type Place } from '../place.ts'
import { kafkaRoundTrips } from '../references/kafka-round-trip.ts'
import { startService } from '../service-process.ts'
import { ASKING_USERS, newWorld } from '../stored-world.ts'
import { whenTracked } from '../tracking.ts'
import { eventsOf } from '../workload.ts'

const ITEMS = 2_000
const LOAD_SHARE = 0.7
/** Events a second. */
const LIGHT_LOADS = [100, 5_000]
const TICK_MS = 50
const FRESH_MS = 1_000
/** So many events are appended beyond what is tracked while the best rate is measured. */
const AHEAD = 20_000

/** From a click's being accepted to the first answer without the clicked item, while the tracker has other work to do. */
export const freshness: Benchmark = {
  name: 'freshness',
  measures:
    'ms from an accepted click to an answer that it has changed, at 70 % of the best rate, against Kafka alone',
  quickly:
    '10 clicks instead of 300, at 70 % alone; the best rate is that of 40,000 events instead of 200,000',
  async run(bench) {
    const [events, clicks] = bench.quick ? [40_000, 10] : [200_000, 300]
    const { place } = await newWorld(bench, { items: ITEMS, users: ASKING_USERS })
    const services = await startServices(place, bench)
    const highest = LOAD_SHARE * (await bestRate(place, services, events))
    const figures: Figure[] = []
    for (const rate of bench.quick ? [highest] : [...LIGHT_LOADS, highest]) {
      const { clicked, alone } = await underLoad(place, services, rate, clicks, bench)
      const isLight = rate !== highest
      figures.push(...figuresOf(isLight ? `freshness ${rate}/s` : 'freshness', isLight, clicked, alone))
    }
    await services.stop()
    return figures
  },
}

/** The median beside that of Kafka alone, and the 99th percentile beside a second. */
function figuresOf(name: string, isLight: boolean, clicked: number[], alone: number[]): Figure[] {
  const at = (part: number) => ({ fresh: quantile(clicked, part), kafka: quantile(alone, part) })
  const [middle, slow] = [at(0.5), at(0.99)]
  const late = { figure: slow.fresh, limit: FRESH_MS, references: { 'Kafka alone': slow.kafka } }
  const goal = (ratio: number) => (isLight ? undefined : ({ sense: 'at most', ratio } as const))
  return [
    figureOf(`${name} p50`, 'ms', goal(3), [against('Kafka alone', middle.fresh, middle.kafka)]),
    figureOf(`${name} p99`, 'ms', goal(1), [late]),
  ]
}

interface Services {
  readonly collector: string
  readonly scorer: string
  stop(): Promise<void>
}

async function startServices(place: Place, bench: Bench): Promise<Services> {
  const running = await Promise.all(
    ['collector', 'tracker', 'scorer'].map((role) => startService([role], place.environment, bench)),
  )
  const [collector, , scorer] = running.map(({ url }) => url)
  const stop = async () => void (await Promise.all(running.map((service) => service.stop())))
  return { collector: collector!, scorer: scorer!, stop }
}

/** Events a second that go through while a scorer is asked as it is later: on one machine all share the cores, and what a tracker
 *  can do by itself would be more than it ever gets to do. Of the second half: a young process runs slow code. */
async function bestRate(place: Place, { scorer }: Services, events: number): Promise<number> {
  let over = false
  const asking = (async () => {
    for (let user = 0; !over; user++) await pageOf(scorer, `user-${user % ASKING_USERS}`)
  })()
  const [halfMs, allMs] = await Promise.all([
    whenTracked(place, events / 2),
    whenTracked(place, events),
    appendAhead(place, events),
  ])
  over = true
  await asking
  return (events / 2 / (allMs - halfMs)) * 1_000
}

/** The tracker is never short of events, and never far behind. */
async function appendAhead(place: Place, events: number): Promise<void> {
  const log = openLogAt(place)
  const next = eventsOfOthers('best')
  for (let appended = 0; appended < events; await whenTracked(place, appended - AHEAD)) {
    await log.append(place.topics.events, next(AHEAD / 4))
    appended += AHEAD / 4
  }
  await log.close()
}

/** Product and reference in turns. */
async function underLoad(
  place: Place,
  { collector, scorer }: Services,
  perSecond: number,
  clicks: number,
  bench: Bench,
) {
  const trips = await kafkaRoundTrips(place.settings.KAFKA_BROKERS!, place.topics.users)
  const background = appendSteadily(place, perSecond)
  const clicked: number[] = []
  const alone: number[] = []
  for (let click = 0; click < clicks; click++) {
    clicked.push(await clickToAnswer(collector, scorer, `user-${click % ASKING_USERS}`))
    alone.push(await trips.once())
    bench.progress(`Clicking beside ${Math.round(perSecond)} events a second`, click + 1, clicks)
  }
  await background.stop()
  await trips.close()
  return { clicked, alone }
}

/** Appends events of other users at so many a second until stopped. */
function appendSteadily(place: Place, perSecond: number): { stop(): Promise<void> } {
  const log = openLogAt(place)
  const next = eventsOfOthers(`load-${perSecond}`)
  let stopped = false
  async function run(): Promise<void> {
    const beganMs = performance.now()
    for (let sent = 0; !stopped; await sleep(TICK_MS)) {
      const due = Math.floor(((performance.now() - beganMs) / 1_000) * perSecond) - sent
      await log.append(place.topics.events, next(due))
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

/** The next so many events of users who are not asked for. @param run no other one has the same events */
function eventsOfOthers(run: string): (count: number) => ReturnType<typeof recordOf>[] {
  const events = eventsOf(Number.MAX_SAFE_INTEGER, { users: 10_000, items: ITEMS, beganMs: Date.now() })
  let made = 0
  return (count) =>
    Array.from({ length: count }, () => {
      const { userId, ...event } = events.next().value!
      return recordOf({ ...event, eventId: `${run}-${made++}`, userId: `other-${userId}` })
    })
}

async function pageOf(scorer: string, userId: string): Promise<string[]> {
  const response = await fetch(`${scorer}/v1/users/${userId}/recommendations`)
  const { items } = (await response.json()) as { items: { itemId: string }[] }
  return items.map(({ itemId }) => itemId)
}

/** ms from the answer to a click on the first item of the user's page until a page comes without it: what was dealt with is
 *  not shown again. */
async function clickToAnswer(collector: string, scorer: string, userId: string): Promise<number> {
  const [itemId] = await pageOf(scorer, userId)
  if (itemId === undefined) throw new Error(`${userId} is shown nothing`)
  const body = JSON.stringify({ type: 'click', userId, itemId })
  const headers = { 'content-type': 'application/json' }
  const accepted = await fetch(`${collector}/v1/events`, { method: 'POST', headers, body })
  if (!accepted.ok) throw new Error(`the click was answered with ${accepted.status}`)
  const beganMs = performance.now()
  while ((await pageOf(scorer, userId)).includes(itemId));
  return performance.now() - beganMs
}
