/* Producers send about twice as much as the trackers can take: what is too much waits in the log and nowhere else.
 *
 *   FAULTS=full   for two minutes */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { httpClient } from '../../integration/http-client.ts'
import { type Ground, openGround } from './ground.ts'
import { startProducer } from './producer.ts'
import { type Publication, publications } from './publications.ts'
import { type Member, trackerFleet } from './tracker-fleet.ts'

const full = process.env.FAULTS === 'full'
const SECONDS = full ? 120 : 6
/** Makes a tracker's capacity small enough to be exceeded twice on a machine that also runs Kafka and Redis. */
const REDIS_DELAY_MS = 15
const TO_BEGIN_WITH = 1_000
/** A tracker that is far behind takes more at once, and so more a second: what it can take shows over several of its largest
 *  batches. */
const TO_MEASURE = full ? 24_000 : 3_000
const AT_ONCE = 100
const QUARTERS = 4
/** Batches in hand come and go by less; the records that wait in the log would take twice as much and more, if they piled up
 *  in the tracker. */
const BOUNDED_BYTES = 60_000_000

const cleanings: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const clean of cleanings.reverse()) await clean()
})

interface Sample {
  readonly lag: number
  /** Memory of the process. Much of it is garbage that nobody has needed the room of. */
  readonly resident: number
  /** What its objects and buffers take, garbage included: least when it has just been collected. */
  readonly held: number
}

it('lag grows and drains, memory does not grow, nothing is lost', { timeout: 600_000 }, async () => {
  const ground = await openGround(4, (clean) => cleanings.push(clean))
  const fleet = trackerFleet({ ...ground, delayMs: REDIS_DELAY_MS }, (clean) => cleanings.push(clean))
  const tracker = await fleet.join()
  const sent = publications(1, { events: 400_000, users: 2_000, items: 200 }, Date.now())

  await capacityOf(ground, sent.splice(0, TO_BEGIN_WITH)) // the tracker joins, and takes in the items
  const capacity = await capacityOf(ground, sent.splice(0, TO_MEASURE))
  const beganMs = performance.now()
  const producer = send(ground, sent, 2 * capacity)
  const samples: Sample[] = []
  while (performance.now() - beganMs < SECONDS * 1_000) {
    await pause(500)
    samples.push(await sample(ground, tracker))
  }
  producer.stop()
  const peak = await sample(ground, tracker)
  await ground.drained(2 * SECONDS * 1_000 + 60_000)
  const afterwards = await sample(ground, tracker)

  const { log, states } = await ground.check()
  const quarters = Array.from({ length: QUARTERS }, (_, quarter) => {
    const [from, to] = [quarter, quarter + 1].map((edge) => (samples.length * edge) / QUARTERS)
    return samples.slice(from, to)
  })
  const held = quarters.map((quarter) => Math.min(...quarter.map((each) => each.held)))
  const inMB = (bytes: readonly number[]) => bytes.map((each) => Math.round(each / 1e6)).join(', ')
  const resident = quarters.map((quarter) => Math.max(...quarter.map((each) => each.resident)))
  process.stdout.write(
    `capacity ${capacity}/s, sent ${producer.sent()} in ${SECONDS} s, largest lag ${peak.lag}, ${log.records} records; in each quarter ` +
      `held ${inMB(held)} MB, process at most ${inMB(resident)} MB\n`,
  )
  expect(peak.lag).toBeGreaterThan((capacity * SECONDS) / 4)
  expect(afterwards.lag).toBe(0)
  expect(held.at(-1)! - held[0]!).toBeLessThan(BOUNDED_BYTES)
  expect(states.problems, states.problems.slice(0, 10).join('\n')).toEqual([])
})

/** Records a second, taken from a backlog that waits before the clock starts. */
async function capacityOf(ground: Ground, backlog: readonly Publication[]): Promise<number> {
  const producer = startProducer({ ...ground, publications: backlog, atOnce: 1_000, pauseMs: 0 })
  producer.allow(backlog.length)
  const beganMs = performance.now()
  await producer.done
  await ground.drained(60_000)
  return Math.round((backlog.length / (performance.now() - beganMs)) * 1_000)
}

function send(ground: Ground, some: readonly Publication[], perSecond: number) {
  const producer = startProducer({ ...ground, publications: some, atOnce: AT_ONCE, pauseMs: 1 })
  const beganMs = performance.now()
  const pacing = setInterval(() => producer.allow(((performance.now() - beganMs) / 1_000) * perSecond), 20)
  cleanings.push(async () => {
    clearInterval(pacing)
    producer.stop()
  })
  return producer
}

async function sample(ground: Ground, tracker: Member): Promise<Sample> {
  const { text } = await httpClient(tracker.port).get('/metrics')
  const bytesOf = (name: string) => Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(text)?.[1])
  return {
    lag: await ground.behind(),
    resident: bytesOf('process_resident_memory_bytes'),
    held: bytesOf('nodejs_heap_size_used_bytes') + bytesOf('nodejs_external_memory_bytes'),
  }
}
