import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { identifier } from '../../libs/event/identifier.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import type { CatalogView } from './catalog-view.ts'
import { fateOf, fateSchema } from './fate-of.ts'
import { languageOf } from './put-into-words.ts'
import type { Recommender } from './recommender.ts'
import { fromQuery, pageQuery } from './request-parameters.ts'

export interface ExplainRoutesOptions {
  readonly recommender: Recommender
  readonly catalog: CatalogView
}

const explainQuery = pageQuery.omit({ explain: true }).extend({
  userId: identifier.meta({ examples: ['ann'] }),
  itemId: identifier.meta({ examples: ['books-en-05'] }),
})

/** For developers: why an item is on a user's page, or why it is not. */
export async function explainRoutes(app: FastifyInstance, options: ExplainRoutesOptions): Promise<void> {
  const { recommender, catalog } = options
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/explain',
    {
      schema: {
        operationId: 'explain',
        summary: 'Why an item is on a page, at which rank it ended, or which stage removed it',
        tags: ['recommendations'],
        querystring: explainQuery,
        response: { 200: fateSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const { userId, itemId } = request.query
      if (catalog.itemOf(itemId) === undefined) {
        throw new HalflifeError('HL_ITEM_UNKNOWN', `item ${itemId} is not in the catalog`)
      }
      const { scenario = 'home', limit, filters, context } = fromQuery({ ...request.query, explain: true })
      const question = {
        recommendationId: randomUUID(),
        scenario,
        who: { kind: 'user', userId } as const,
        about: {},
        limit,
        filters,
        context,
      }
      const ranking = await recommender.rank(question, itemId)
      const titleOf = (id: string) => catalog.itemOf(id)?.title
      return fateOf(itemId, ranking, titleOf, languageOf(request.headers['accept-language']))
    },
  )
}
