import type { FastifyInstance } from 'fastify'
import { boundBodies } from './bodies-in-hand.ts'
import type { CollectorOptions } from './collector-options.ts'
import { eventRoutes } from './event-routes.ts'
import { itemRoutes } from './item-routes.ts'
import { userRoutes } from './user-routes.ts'

/** The way in over HTTP: validate, name the problem, append to the log. An accepted event is in the log. */
export async function collector(app: FastifyInstance, options: CollectorOptions): Promise<void> {
  await app.register(async (intake) => {
    boundBodies(intake)
    await intake.register(eventRoutes, options)
    await intake.register(itemRoutes, options)
    await intake.register(userRoutes, options)
  })
}
