import { isDeepStrictEqual } from 'node:util'
import { decodePartition } from '../../../libs/store/partition-codec.ts'
import { decodeUser } from '../../../libs/store/user-codec.ts'
import { drawFaults, type FaultName, type Faults, noFaults } from './faults.ts'
import { type Fleet, fleet } from './fleet.ts'
import { ledger } from './ledger.ts'
import { type Outcome, problemsOf } from './outcome-check.ts'
import { pendingCalls } from './pending-calls.ts'
import { producers } from './producers.ts'
import { requireSafe, requireStillToCome } from './safety.ts'
import { seededRandom } from './seeded-random.ts'
import { logData } from './simulated-log.ts'
import { storeData } from './simulated-store.ts'
import { nothingSaid, type Said, type SimulatedTracker } from './simulated-tracker.ts'
import {
  circumstances,
  contract,
  embedder,
  itemIds,
  partitionsOf,
  recentUsers,
  rooms,
  topics,
  trendingHalfLifeMs,
  userIds,
  weights,
} from './small-world.ts'

const FEWEST_RECORDS = 40
const MOST_RECORDS = 120
/** Steps with faults after the last record was sent. */
const STEPS_AFTER = 200
/** Far more than any world has needed to come to rest. */
const MOST_STEPS_TO_REST = 20_000
const NEW_YEAR_MS = Date.UTC(2026, 0, 1)
const HALF_HOUR_MS = 1_800_000

/** What one world came to. */
export interface WorldReport {
  /** Empty when all promises were kept. */
  readonly problems: readonly string[]
  readonly faults: ReadonlyMap<FaultName, number>
  readonly said: Said
  /** Every call in its order: two runs of one seed have the same. */
  readonly history: readonly string[]
}

interface World extends Outcome {
  readonly problems: string[]
  readonly said: Said
  readonly happened: ReadonlyMap<FaultName, number>
  readonly history: readonly string[]
  readonly fleet: Fleet
  faults: Faults
  /** Appends one record to the log, some time after the last. */
  produce(): void
  /** Lets one call take its turn; false when the world is at rest. */
  step(): Promise<boolean>
  /** Some tracker looks for items that have changed. */
  followChanges(): void
}

/** Lets a world run under faults, heals it, and looks at what came of it. */
export async function runWorld(seed: number): Promise<WorldReport> {
  const world = newWorld(seed)
  await runUnderFaults(world)
  await heal(world)
  const { problems, happened, said, history } = world
  if (problems.length === 0) problems.push(...(await problemsOf(world)))
  if (problems.length === 0 && world.random.chance(0.3)) problems.push(...(await replayProblems(world)))
  for (const tracker of world.fleet.trackers()) {
    if (problems.length === 0) problems.push(...(await staleVectors(tracker, world)))
  }
  return { problems, faults: happened, said, history }
}

function newWorld(seed: number): World {
  const random = seededRandom(seed)
  const room = random.pick(rooms)
  const lot = random.pick(circumstances)
  const problems: string[] = []
  const counts = new Map<FaultName, number>()
  let nowMs = NEW_YEAR_MS
  const now = (): number => nowMs
  const faults = (): Faults => world.faults
  const happened = (fault: FaultName): void => {
    counts.set(fault, (counts.get(fault) ?? 0) + 1)
  }
  const calls = pendingCalls({ random, faults, happened })
  const [data, stored, said] = [logData(partitionsOf), storeData(), nothingSaid()]
  const context = { random, faults, happened, calls, now, data, stored, said }
  const counting = { trendingHalfLifeMs, trendingBy: [], recentUsers }
  const rules = { contract, bounds: room.bounds, weights, ...counting, topics, embedder }
  const onBug = (error: unknown): void => {
    problems.push(`an error nobody foresaw: ${error instanceof Error ? error.stack : error}`)
  }
  const send = producers({ random, data, room, circumstances: lot, now })
  let checked = 0

  const world: World = {
    ...{ problems, said, random, room, data, stored, circumstances: lot },
    faults: drawFaults(random),
    happened: counts,
    history: calls.history,
    ledger: ledger(data),
    fleet: fleet({ ...context, ...rules }, onBug),
    produce() {
      nowMs += 1 + random.below(HALF_HOUR_MS)
      send()
    },
    async step() {
      const went = await calls.step()
      const changes = stored.tables.changes()
      if (changes !== checked) problems.push(...safetyProblems(world))
      checked = changes
      return went
    },
    followChanges() {
      const following = random.pick(world.fleet.trackers()).vectors.followChanges()
      following.catch(() => undefined)
    },
  }
  return world
}

async function runUnderFaults(world: World): Promise<void> {
  const { random, fleet, problems } = world
  fleet.assignAll()
  let toSend = FEWEST_RECORDS + random.below(MOST_RECORDS - FEWEST_RECORDS)
  for (let after = 0; after < STEPS_AFTER && problems.length === 0; ) {
    for (const [fault, befall] of fleet.mishaps) {
      if (random.chance(world.faults[fault])) befall()
    }
    fleet.wakeSome()
    if (random.chance(0.05)) world.followChanges()
    if (toSend === 0) after++
    else if (random.chance(0.1)) {
      if (random.chance(0.04)) fleet.addPartitions(world.circumstances.growth)
      world.produce()
      toSend--
    }
    await world.step()
  }
}

/** No more faults: whoever believes wrongly to have a partition finishes the batch in hand, and then all is drained. */
async function heal(world: World): Promise<void> {
  world.faults = noFaults
  world.fleet.recall()
  await comeToRest(world)
  world.fleet.assignAll()
  await comeToRest(world)
}

/** All the same again when the whole log is read into an empty store: with what Halflife itself has put into it. */
async function replayProblems(world: World): Promise<string[]> {
  world.stored.tables.loseLast(Number.MAX_SAFE_INTEGER)
  await heal(world)
  return (await problemsOf(world)).map((problem) => `after a replay of the whole log: ${problem}`)
}

async function comeToRest({ step, problems }: World): Promise<void> {
  for (let steps = 0; problems.length === 0 && (await step()); steps++) {
    if (steps === MOST_STEPS_TO_REST) problems.push('the world does not come to rest')
  }
}

function safetyProblems({ stored, ledger, room, history }: World): string[] {
  const positions = new Map(
    stored.partitions.entries().map(([name, fields]) => [name, decodePartition(name, fields).position]),
  )
  return userIds.flatMap((userId) => {
    const fields = stored.users.get(userId)
    const events = ledger.eventsOf(userId)
    try {
      if (fields === undefined) for (const event of events) requireStillToCome(event, positions)
      else requireSafe(decodeUser(contract, userId, fields).state, events, positions, room)
      return []
    } catch (error) {
      return [`${userId}, after ${history.length} calls: ${(error as Error).message}`]
    }
  })
}

/** Once it has followed the changes, a tracker uses no vector that is not the catalog's. */
async function staleVectors({ process, vectors }: SimulatedTracker, world: World): Promise<string[]> {
  const asking = vectors.followChanges().then(() => vectors.vectorsOf(itemIds))
  await comeToRest(world)
  const found = await asking
  return itemIds
    .filter((itemId) => !isDeepStrictEqual(found.get(itemId), world.stored.items.get(itemId)?.value?.vectors))
    .map((itemId) => `${process.name} has an old vector of ${itemId}`)
}
