import type { Embedder } from '../../libs/embedding/embedder.ts'
import type { EventWeights } from '../../libs/event/event-type.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { UserBounds } from '../../libs/interest/user-state.ts'
import type { EventLog, TopicNames } from '../../libs/log/event-log.ts'
import type { Store } from '../../libs/store/store.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'
import { itemVectorCache } from './item-vector-cache.ts'
import { trackCatalog } from './track-catalog.ts'
import { eventTracker } from './track-events.ts'
import { trackProfiles } from './track-profiles.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

export interface TrackerOptions {
  readonly log: EventLog
  readonly store: Store
  readonly embedder: Embedder
  readonly shape: InterestShape
  readonly bounds: UserBounds
  readonly weights: EventWeights
  readonly trendingHalfLifeMs: number
  readonly topics: TopicNames
  /** Consumer groups are `<prefix>-events` and `<prefix>-catalog`. */
  readonly groupPrefix: string
  readonly say: TrackerTelemetry
  readonly now: () => number
}

export interface Tracker {
  /** Finishes the batches in hand. */
  close(): Promise<void>
}

/** How soon a changed item's new vector is used for new events. */
const FOLLOW_CHANGES_MS = 250

const eventsGroup = (prefix: string): string => `${prefix}-events`
export const catalogGroup = (prefix: string): string => `${prefix}-catalog`

/** Follows the log and keeps the store up to date with it. Log and topics must be there. */
export async function startTracker(options: TrackerOptions): Promise<Tracker> {
  const { log, store, topics, say } = options
  const vectors = itemVectorCache(store)
  const following = repeatEvery(FOLLOW_CHANGES_MS, vectors.followChanges, say.batchFailed)
  const events = eventTracker({ ...options, vectors, deadLetterTopic: topics.deadLetter })
  const catalog = await log.subscribe({
    group: catalogGroup(options.groupPrefix),
    topics: [topics.items, topics.users],
    onBatch: (batch) => (batch.topic === topics.items ? trackCatalog : trackProfiles)(batch, options),
    onTrouble: say.batchFailed,
  })
  const behavior = await log.subscribe({
    group: eventsGroup(options.groupPrefix),
    topics: [topics.events],
    onBatch: events.track,
    startAt: events.startAt,
    onTrouble: say.batchFailed,
  })
  return {
    async close() {
      following.stop()
      await Promise.all([behavior.close(), catalog.close()])
    },
  }
}
