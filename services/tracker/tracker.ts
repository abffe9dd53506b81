import type { Embedder } from '../../libs/embedding/embedder.ts'
import type { EventWeights } from '../../libs/event/event-type.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { UserBounds } from '../../libs/interest/user-state.ts'
import type { Batch, EventLog, SubscriptionOptions, TopicNames } from '../../libs/log/event-log.ts'
import type { Store } from '../../libs/store/store.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'
import { catalogTracker } from './catalog-tracker.ts'
import { impressionTracker } from './impression-tracker.ts'
import { indexCatalog } from './index-catalog.ts'
import { itemVectorCache } from './item-vector-cache.ts'
import { lastingSubscription } from './lasting-subscription.ts'
import { type EventTracker, eventTracker } from './track-events.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'
import type { IsPassedOver } from './understand-batch.ts'

export interface TrackerOptions {
  readonly log: EventLog
  readonly store: Store
  readonly embedder: Embedder
  readonly shape: InterestShape
  readonly bounds: UserBounds
  readonly weights: EventWeights
  readonly trendingHalfLifeMs: number
  readonly trendingBy: readonly string[]
  readonly recentUsers: number
  readonly attributionWindowMs: number
  readonly topics: TopicNames
  /** Consumer groups are `<prefix>-events`, `<prefix>-catalog` and `<prefix>-impressions`. */
  readonly groupPrefix: string
  /** Awaited before the first event is asked for, while the catalog is followed already. Given is what will track them. */
  readonly beforeEvents?: (events: EventTracker) => Promise<void>
  /** Absent: every event counts. */
  readonly isPassedOver?: IsPassedOver
  readonly say: TrackerTelemetry
  readonly now: () => number
}

export interface Tracker {
  /** Finishes the batches in hand. */
  close(): Promise<void>
}

/** How soon a changed item's new vector is used for new events. */
const FOLLOW_CHANGES_MS = 250

export const impressionsGroup = (prefix: string): string => `${prefix}-impressions`
export const eventsGroup = (prefix: string): string => `${prefix}-events`
export const catalogGroup = (prefix: string): string => `${prefix}-catalog`

/** Follows the log and keeps the store up to date with it. Log and topics must be there. */
export async function startTracker(options: TrackerOptions): Promise<Tracker> {
  const { log, store, topics, say } = options
  const vectors = itemVectorCache(store)
  const followings = [repeatEvery(FOLLOW_CHANGES_MS, vectors.followChanges, say.batchFailed)]
  const { nearest } = store
  if (nearest !== undefined) {
    const index = () => indexCatalog(store, nearest)
    followings.push(repeatEvery(FOLLOW_CHANGES_MS, index, say.batchFailed))
  }
  const said = (track: SubscriptionOptions['onBatch']) => async (batch: Batch) => {
    say.batchTaken(batch)
    await track(batch)
    say.batchFinished(batch)
  }
  const tracking = { ...options, vectors }
  const events = eventTracker(tracking)
  const pages = impressionTracker(tracking)
  const entries = catalogTracker(options)
  const common = {
    onAssigned: say.partitionsTaken,
    onExpired: say.recordsExpired,
    onTrouble: say.batchFailed,
  }
  const catalog = await lastingSubscription(
    log,
    {
      ...common,
      group: catalogGroup(options.groupPrefix),
      topics: [topics.items, topics.users],
      onBatch: said(entries.track),
      startAt: entries.startAt,
    },
    entries.findLoss,
  )
  await options.beforeEvents?.(events)
  const behavior = await lastingSubscription(
    log,
    {
      ...common,
      group: eventsGroup(options.groupPrefix),
      topics: [topics.events],
      onBatch: said(events.track),
      startAt: events.startAt,
    },
    events.findLoss,
  )
  const impressions = await lastingSubscription(
    log,
    {
      ...common,
      group: impressionsGroup(options.groupPrefix),
      topics: [topics.impressions],
      onBatch: said(pages.track),
      startAt: pages.startAt,
    },
    pages.findLoss,
  )
  return {
    async close() {
      for (const following of followings) following.stop()
      await Promise.all([behavior.close(), catalog.close(), impressions.close()])
    },
  }
}
