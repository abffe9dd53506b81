import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { identifier } from '../../libs/event/identifier.ts'
import { problemSchema } from '../../libs/http/problem-schema.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { emptyUser, isBlank } from '../../libs/interest/user-state.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { ProfileStore } from '../../libs/store/profile-store.ts'
import type { CatalogView } from './catalog-view.ts'
import { exportOf, userExportSchema } from './export-of.ts'

export interface ExportRoutesOptions {
  readonly store: InterestStore & ProfileStore
  readonly catalog: CatalogView
  readonly shape: InterestShape
  readonly now: () => number
}

export async function exportRoutes(app: FastifyInstance, options: ExportRoutesOptions): Promise<void> {
  const { store, catalog, shape, now } = options
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/users/:userId/export',
    {
      schema: {
        summary: 'Everything held about a user',
        tags: ['users'],
        params: z.object({ userId: identifier }),
        response: { 200: userExportSchema, '4xx': problemSchema, 503: problemSchema },
      },
    },
    async (request) => {
      const { userId } = request.params
      const [[stored], profile] = await Promise.all([store.readUsers([userId]), store.readProfile(userId)])
      const state = stored?.state ?? emptyUser(shape)
      if (profile === undefined && isBlank(state)) {
        throw new HalflifeError('HL_USER_UNKNOWN', `nothing is held about user ${userId}`)
      }
      const titleOf = (itemId: string) => catalog.itemOf(itemId)?.title
      return exportOf(userId, profile ?? null, state, { shape, titleOf, nowMs: now() })
    },
  )
}
