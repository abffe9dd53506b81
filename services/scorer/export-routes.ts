import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { emptyUser, isBlank } from '../../libs/interest/user-state.ts'
import type { CatalogView } from './catalog-view.ts'
import { exportOf, userExportSchema } from './export-of.ts'
import { userParams } from './page-routes.ts'
import type { Viewers } from './viewer.ts'

export interface ExportRoutesOptions {
  readonly viewers: Viewers
  readonly catalog: CatalogView
  readonly shape: InterestShape
  readonly now: () => number
}

export async function exportRoutes(app: FastifyInstance, options: ExportRoutesOptions): Promise<void> {
  const { viewers, catalog, shape, now } = options
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/users/:userId/export',
    {
      schema: {
        operationId: 'exportUser',
        summary: 'Everything held about a user',
        tags: ['users'],
        params: userParams,
        response: { 200: userExportSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const { userId } = request.params
      const held = await viewers.userOf(userId, { shown: true })
      const { ids, state = emptyUser(shape), profile, shown } = held
      if (ids.length === 1 && profile === undefined && isBlank(state) && shown.length === 0) {
        throw new HalflifeError('HL_USER_UNKNOWN', `nothing is held about user ${userId}`)
      }
      const titleOf = (itemId: string) => catalog.itemOf(itemId)?.title
      return exportOf(
        { userId, ids, profile: profile ?? null, state, shown },
        { shape, titleOf, nowMs: now() },
      )
    },
  )
}
