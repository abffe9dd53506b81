import type { EventWeights } from '../../libs/event/event-type.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { UserBounds } from '../../libs/interest/user-state.ts'
import type { EventLog, TopicNames } from '../../libs/log/event-log.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { ShownStore } from '../../libs/store/shown-store.ts'
import type { ItemVectorCache } from './item-vector-cache.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'
import type { IsPassedOver } from './understand-batch.ts'

/** What events are tracked with. */
export interface EventTracking {
  readonly log: EventLog
  readonly store: InterestStore & ShownStore
  readonly vectors: ItemVectorCache
  readonly shape: InterestShape
  readonly bounds: UserBounds
  readonly weights: EventWeights
  readonly trendingHalfLifeMs: number
  /** An outcome is owed to a page that was shown at most so long before it. */
  readonly attributionWindowMs: number
  readonly topics: TopicNames
  /** Attributes of an event's context by which trending is counted too. */
  readonly trendingBy: readonly string[]
  /** Users active last that each partition lists. */
  readonly recentUsers: number
  /** Absent: every event counts. */
  readonly isPassedOver?: IsPassedOver
  readonly say: TrackerTelemetry
  readonly now: () => number
}
