import { setTimeout as pause } from 'node:timers/promises'
import type { WhenOver } from '../../integration/running-halflife.ts'
import { seededRandom } from '../simulation/seeded-random.ts'
import { type FaultCounts, faultPlan } from './fault-plan.ts'
import { type FaultsSeen, injectFault } from './faults.ts'
import { type Ground, openGround } from './ground.ts'
import { startProducer } from './producer.ts'
import { type Population, publications } from './publications.ts'
import type { ReadLog } from './recomputation.ts'
import { slowNetwork } from './slow-network.ts'
import type { StateCheck } from './state-check.ts'
import { HOLE_FOUND, type Member, type TrackerFleet, trackerFleet, WRITE_REFUSED } from './tracker-fleet.ts'

export interface RunOptions {
  readonly seed: number
  readonly population: Population
  readonly partitions: number
  readonly trackers: number
  /** Redis is a cluster of three nodes. */
  readonly cluster?: boolean
  readonly counts: FaultCounts
  /** The longest pause between progress and the next fault, ms. */
  readonly longestPauseMs: number
  /** Between two troubles of the network, on average, ms. */
  readonly networkTroubleEveryMs: number
}

export interface RunReport extends FaultsSeen {
  readonly seconds: number
  readonly cuts: number
  readonly truncations: number
  readonly delays: number
  readonly writesRefused: number
  readonly holesFound: number
  /** Ids of acknowledged events that the log does not hold. */
  readonly notInLog: readonly string[]
  readonly log: ReadLog
  readonly states: StateCheck
}

const DELAY_MS = 4
const LONGEST_DELAY_MS = 120
const FEWEST_BETWEEN_FAULTS = 50
const STUCK_AFTER_MS = 60_000
const DRAINED_WITHIN_MS = 120_000

/** Runs trackers under faults while events come in, heals everything, lets it drain, and compares. */
export async function runUnderFaults(options: RunOptions, whenOver: WhenOver): Promise<RunReport> {
  const beganMs = performance.now()
  const { seed, population, counts, longestPauseMs } = options
  const random = seededRandom(seed)
  const ground = await openGround(options.partitions, whenOver, options)
  const fleet = trackerFleet({ ...ground, delayMs: DELAY_MS }, whenOver)
  await Promise.all(Array.from({ length: options.trackers }, fleet.join))
  const sent = publications(seed, population, Date.now())
  const producer = startProducer({ ...ground, publications: sent, atOnce: 25, pauseMs: 20 })
  whenOver(async () => producer.stop())
  const undisturbed = new Set<Member>()
  const network = slowNetwork({
    ...{ fleet, undisturbed, random: seededRandom(seed + 1) },
    ...{ everyMs: options.networkTroubleEveryMs, delayMs: DELAY_MS, longestDelayMs: LONGEST_DELAY_MS },
  })
  const seen = { zombies: 0, zombiesRefused: 0, bytesLost: 0 }
  const plan = faultPlan(random, counts)
  for (const [number, fault] of plan.entries()) {
    const due = Math.ceil((sent.length * (number + 1)) / (plan.length + 1))
    // Some faults have more sent for themselves than was due.
    const goOn = Math.max(due, producer.sent() + FEWEST_BETWEEN_FAULTS)
    if (producer.sent() < sent.length) await progress(ground, () => producer.allow(goOn))
    await pause(random.below(longestPauseMs))
    await injectFault(fault, { ground, fleet, random, seen, undisturbed, producer })
  }
  producer.allow(sent.length)
  await producer.done
  await network.heal()
  await ground.drained(DRAINED_WITHIN_MS)
  const checked = await ground.check()
  return {
    ...seen,
    ...checked,
    ...{ cuts: network.cuts(), truncations: network.truncations(), delays: network.delays() },
    ...whatTrackersSaid(fleet),
    notInLog: idsOf(sent).filter((id) => !checked.log.eventIds.has(id)),
    seconds: (performance.now() - beganMs) / 1_000,
  }
}

function whatTrackersSaid(fleet: TrackerFleet) {
  return { writesRefused: fleet.said(WRITE_REFUSED), holesFound: fleet.said(HOLE_FOUND) }
}

/** Resolves when the fleet has applied something more. @throws when it does not for a minute */
async function progress(ground: Ground, allowMore: () => void): Promise<void> {
  async function applied(): Promise<number> {
    const positions = await ground.positions().catch(() => new Map<number, number>()) // Redis may be coming back
    return [...positions.values()].reduce((sum, position) => sum + position, 0)
  }
  const before = await applied()
  allowMore()
  const deadline = performance.now() + STUCK_AFTER_MS
  while ((await applied()) <= before) {
    if (performance.now() > deadline) throw new Error(`the fleet stands still at ${before} applied records`)
    await pause(20)
  }
}

function idsOf(sent: ReturnType<typeof publications>): string[] {
  const ids = sent.map(
    ({ topic, record }) => /"eventId":"([^"]+)"/.exec(topic === 'events' ? String(record.value) : '')?.[1],
  )
  return ids.filter((id) => id !== undefined)
}
