import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { problemSchema } from '../../libs/http/problem-schema.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { isBlank } from '../../libs/interest/user-state.ts'
import type { CatalogView } from './catalog-view.ts'
import { interestsOf, interestsSchema } from './interests-of.ts'
import { userParams } from './page-routes.ts'
import type { Viewers } from './viewer.ts'

export interface InterestsRoutesOptions {
  readonly viewers: Viewers
  readonly catalog: CatalogView
  readonly shape: InterestShape
  readonly now: () => number
}

export async function interestsRoutes(app: FastifyInstance, options: InterestsRoutesOptions): Promise<void> {
  const { viewers, catalog, shape, now } = options
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/users/:userId/interests',
    {
      schema: {
        summary: 'What a user is interested in, and whether it rises or fades',
        tags: ['users'],
        params: userParams,
        response: { 200: interestsSchema, '4xx': problemSchema, 503: problemSchema },
      },
    },
    async (request) => {
      const { userId } = request.params
      const { state } = await viewers.userOf(userId)
      if (state === undefined || isBlank(state)) {
        throw new HalflifeError('HL_USER_UNKNOWN', `nothing is held about user ${userId}`)
      }
      return interestsOf(userId, state, { shape, catalog, nowMs: now() })
    },
  )
}
