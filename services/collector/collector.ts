import type { FastifyInstance } from 'fastify'
import type { EventWeights } from '../../libs/event/event-type.ts'
import type { VectorSpace } from '../../libs/interest/interest-shape.ts'
import type { EventLog, TopicNames } from '../../libs/log/event-log.ts'
import type { CollectorTelemetry } from './collector-telemetry.ts'
import { eventRoutes } from './event-routes.ts'
import { itemRoutes } from './item-routes.ts'
import { userRoutes } from './user-routes.ts'

export interface CollectorOptions {
  readonly log: EventLog
  readonly topics: TopicNames
  readonly weights: EventWeights
  /** Spaces whose vectors come with the items. */
  readonly spaces: readonly VectorSpace[]
  readonly say: CollectorTelemetry
  readonly now: () => number
}

/** The way in over HTTP: validate, name the problem, append to the log. An accepted event is in the log. */
export async function collector(app: FastifyInstance, options: CollectorOptions): Promise<void> {
  await app.register(eventRoutes, options)
  await app.register(itemRoutes, options)
  await app.register(userRoutes, options)
}
