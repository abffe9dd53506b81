import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { identifier } from '../../libs/event/identifier.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import type { Answering } from './answer.ts'
import { rankedAnswerSchema } from './answer-schema.ts'
import { type PrivateHistory, privateEventSchema } from './private-history.ts'
import type { About } from './question.ts'
import { fromQuery, pageBody, pageQuery } from './request-parameters.ts'
import type { Who } from './viewer.ts'

export interface PageRoutesOptions {
  readonly answer: Answering
  readonly history: PrivateHistory
}

/** More ids than this in one request are a catalog, not a list of candidates. */
const MOST_CANDIDATES = 10_000

/** More dimensions than any vector space has. */
const LONGEST_VECTOR = 8_192

const tags = ['recommendations']
const response = { 200: rankedAnswerSchema, ...problemAnswers }
export const userParams = z.object({ userId: identifier.meta({ examples: ['ann'] }) })
const itemParams = z.object({ itemId: identifier.meta({ examples: ['books-zh-01'] }) })

const rankBody = pageBody
  .extend({
    itemIds: z.array(identifier).min(1).max(MOST_CANDIDATES).optional().meta({
      description: 'items to rank; the whole catalog when absent',
    }),
    userId: identifier.optional(),
    events: z.array(privateEventSchema).min(1).max(1_000).optional().meta({
      description: 'a history that a device keeps to itself; nothing of it is stored',
    }),
    vector: z.array(z.number()).min(1).max(LONGEST_VECTOR).optional(),
    space: z.string().min(1).max(200).default('text').meta({ description: 'vector space of `vector`' }),
  })
  .meta({
    examples: [
      { userId: 'ann', itemIds: ['books-en-05', 'film-zh-05', 'finance-en-20'], explain: true },
      { events: [{ type: 'like', itemId: 'books-zh-01' }], limit: 3, filters: { category: 'film' } },
      {
        userId: 'ann',
        scenario: 'email',
        filters: { attributes: { price: { max: 20 } } },
        context: { device: 'phone' },
      },
    ],
  })

const searchBody = pageBody
  .extend({ query: z.string().trim().min(1).max(1_000), userId: identifier.optional() })
  .meta({
    examples: [
      { query: '我喜欢阅读科幻小说', limit: 3 },
      { query: 'something about space', userId: 'ann' },
    ],
  })

/** The pages that are asked for: by whom, about what. */
export async function pageRoutes(
  app: FastifyInstance,
  { answer, history }: PageRoutesOptions,
): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()

  routes.get(
    '/v1/users/:userId/recommendations',
    {
      schema: {
        operationId: 'recommendations',
        summary: 'What should this user see next?',
        tags,
        params: userParams,
        querystring: pageQuery,
        response,
      },
    },
    (request) => {
      const { scenario = 'home', explain, ...page } = fromQuery(request.query)
      const who: Who = { kind: 'user', userId: request.params.userId }
      return answer(request, { ...page, scenario, who, about: {} }, explain)
    },
  )

  routes.post(
    '/v1/rank',
    {
      schema: {
        operationId: 'rank',
        summary: 'Rank items for a user, or for events or a vector given here (nothing is stored)',
        tags,
        body: rankBody,
        response,
      },
    },
    (request) => {
      const { scenario = 'home', explain, limit, filters, context, itemIds } = request.body
      const asked = whoAsks(request.body, history)
      const about = { ...asked.about, itemIds }
      return answer(request, { scenario, limit, filters, context, who: asked.who, about }, explain)
    },
  )

  routes.post(
    '/v1/search',
    {
      schema: {
        operationId: 'search',
        summary:
          'Items that match words, by what they mean in Chinese and English, without those the user has dealt with',
        tags,
        body: searchBody,
        response,
      },
    },
    (request) => {
      const { scenario = 'search', explain, limit, filters, context, query, userId } = request.body
      return answer(
        request,
        { scenario, limit, filters, context, who: userOr(userId), about: { query } },
        explain,
      )
    },
  )

  routes.get(
    '/v1/items/:itemId/similar',
    {
      schema: {
        operationId: 'similarItems',
        summary: 'Items like this one, a little in the direction of a user',
        tags,
        params: itemParams,
        querystring: pageQuery.extend({ userId: identifier.optional().meta({ examples: ['ann'] }) }),
        response,
      },
    },
    (request) => {
      const { scenario = 'item-page', explain, ...page } = fromQuery(request.query)
      const about = { itemId: request.params.itemId }
      return answer(request, { ...page, scenario, who: userOr(request.query.userId), about }, explain)
    },
  )

  routes.get(
    '/v1/trending',
    {
      schema: {
        operationId: 'trending',
        summary: 'What many people want now',
        tags,
        querystring: pageQuery,
        response,
      },
    },
    (request) => {
      const { scenario = 'trending', explain, ...page } = fromQuery(request.query)
      return answer(request, { ...page, scenario, who: { kind: 'nobody' }, about: {} }, explain)
    },
  )
}

function userOr(userId: string | undefined): Who {
  return userId === undefined ? { kind: 'nobody' } : { kind: 'user', userId }
}

function whoAsks(
  { userId, events, vector, space }: z.infer<typeof rankBody>,
  history: PrivateHistory,
): { who: Who; about: About } {
  const given = [userId, events, vector].filter((each) => each !== undefined)
  if (given.length !== 1) {
    throw new HalflifeError('HL_QUERY', `give one of userId, events and vector, not ${given.length}`)
  }
  if (events !== undefined) return { who: { kind: 'state', state: history.stateOf(events) }, about: {} }
  if (vector === undefined) return { who: userOr(userId), about: {} }
  return { who: { kind: 'nobody' }, about: { vector: { space, vector: Float32Array.from(vector) } } }
}
