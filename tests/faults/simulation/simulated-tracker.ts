import type { Embedder } from '../../../libs/embedding/embedder.ts'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { EventWeights } from '../../../libs/event/event-type.ts'
import type { UserBounds } from '../../../libs/interest/user-state.ts'
import type { TopicNames } from '../../../libs/log/event-log.ts'
import type { StoreContract } from '../../../libs/store/store.ts'
import { catalogTracker } from '../../../services/tracker/catalog-tracker.ts'
import { impressionTracker } from '../../../services/tracker/impression-tracker.ts'
import { type ItemVectorCache, itemVectorCache } from '../../../services/tracker/item-vector-cache.ts'
import { eventTracker } from '../../../services/tracker/track-events.ts'
import type { TrackerTelemetry } from '../../../services/tracker/tracker-telemetry.ts'
import type { Process } from './pending-calls.ts'
import { type LogSurroundings, type SimulatedLog, simulatedLog } from './simulated-log.ts'
import { type StoreData, simulatedStore } from './simulated-store.ts'
import { attributionWindowMs, itemIds } from './small-world.ts'

export interface TrackerSurroundings extends LogSurroundings {
  readonly stored: StoreData
  readonly contract: StoreContract
  readonly bounds: UserBounds
  readonly weights: EventWeights
  readonly trendingHalfLifeMs: number
  readonly trendingBy: readonly string[]
  readonly recentUsers: number
  readonly topics: TopicNames
  readonly embedder: Embedder
  readonly said: Said
}

/** How often the trackers said each of these. */
export interface Said {
  fenced: number
  settled: number
  lost: number
  nudged: number
  redelivered: number
  repeated: number
  positionMoved: number
  forgotten: number
  linked: number
  refused: number
}

export function nothingSaid(): Said {
  return {
    ...{ fenced: 0, settled: 0, lost: 0, nudged: 0, redelivered: 0, repeated: 0 },
    ...{ positionMoved: 0, forgotten: 0, linked: 0, refused: 0 },
  }
}

export interface SimulatedTracker {
  readonly process: Process
  readonly log: SimulatedLog
  readonly vectors: ItemVectorCache
}

/** A tracker as `startTracker` puts it together, over the simulated log and store, and without its timer. */
export function simulatedTracker(process: Process, surroundings: TrackerSurroundings): SimulatedTracker {
  const { calls, random, stored, contract, topics, said } = surroundings
  const storeCall = calls.callsOf(process, 'store')
  const logCall = calls.callsOf(process, 'log')
  // Single users at one end, all at once at the other: a cluster's commits and a single server's.
  const longest = random.pick([1, 2, 100])
  const cut = (users: number) => Array.from({ length: Math.ceil(users / longest) }, () => longest)
  const store = simulatedStore({ data: stored, contract, call: storeCall, cut })
  const log = simulatedLog(process, logCall, surroundings)
  const vectors = itemVectorCache(store, random.pick([2, itemIds.length]))
  const tracking = {
    ...surroundings,
    log: log.log,
    store,
    vectors,
    shape: contract.shape,
    topics,
    attributionWindowMs,
    say: counting(said),
  }
  const events = eventTracker(tracking)
  const catalog = catalogTracker(tracking)
  const pages = impressionTracker(tracking)
  const onTrouble = tracking.say.batchFailed
  log.log.subscribe({
    group: 'catalog',
    topics: [topics.items, topics.users],
    onBatch: catalog.track,
    startAt: catalog.startAt,
    onTrouble,
  })
  log.log.subscribe({
    group: 'impressions',
    topics: [topics.impressions],
    onBatch: pages.track,
    startAt: pages.startAt,
    onTrouble,
  })
  log.log.subscribe({
    group: 'events',
    topics: [topics.events],
    onBatch: events.track,
    startAt: events.startAt,
    onTrouble,
  })
  return { process, log, vectors }
}

/** Says nothing, and counts. */
export function counting(said: Said): TrackerTelemetry {
  const nothing = (): void => undefined
  return {
    eventsHandled(outcome) {
      if (outcome === 'redelivered' || outcome === 'repeated') said[outcome]++
    },
    eventVisible: nothing,
    eventsClamped: nothing,
    eventsLate: nothing,
    eventsRepeated: nothing,
    eventsWaiting: nothing,
    waitingEventsSettled: (count) => {
      said.settled += count
    },
    waitingEventsLost: (count) => {
      said.lost += count
    },
    recordsExpired: nothing,
    recordDeadLettered: nothing,
    usersFenced: (count) => {
      said.fenced += count
    },
    usersForgotten: (count) => {
      said.forgotten += count
    },
    idsLinked({ linked, refused }) {
      said.linked += linked
      said.refused += refused
    },
    itemsHandled: nothing,
    profilesHandled: nothing,
    usersNudged: (count) => {
      said.nudged += count
    },
    pageShown: nothing,
    outcomeOwed: nothing,
    outcomeUnowed: nothing,
    stopwatch: () => nothing,
    partitionsTaken: nothing,
    batchTaken: nothing,
    batchFinished: nothing,
    batchFailed(error) {
      if (error instanceof HalflifeError && error.code === 'HL_POSITION_MOVED') said.positionMoved++
    },
  }
}
