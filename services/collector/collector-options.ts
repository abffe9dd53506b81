import type { EventWeights } from '../../libs/event/event-type.ts'
import type { VectorSpace } from '../../libs/interest/interest-shape.ts'
import type { EventLog, TopicNames } from '../../libs/log/event-log.ts'
import type { CollectorTelemetry } from './collector-telemetry.ts'

export interface CollectorOptions {
  readonly log: EventLog
  readonly topics: TopicNames
  readonly weights: EventWeights
  /** Spaces whose vectors come with the items. */
  readonly spaces: readonly VectorSpace[]
  readonly say: CollectorTelemetry
  readonly now: () => number
}
