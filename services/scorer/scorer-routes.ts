import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { identifier } from '../../libs/event/identifier.ts'
import { problemSchema } from '../../libs/http/problem-schema.ts'
import { limitParameter } from '../../libs/http/validation.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { isBlank } from '../../libs/interest/user-state.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import { languageOf, type RankedAnswer, rankedAnswer, rankedAnswerSchema } from './answer-schema.ts'
import type { CatalogView } from './catalog-view.ts'
import { interestsOf, timescaleInterestsSchema } from './interests-of.ts'
import type { PrivateHistory } from './private-history.ts'
import { privateEventSchema } from './private-history.ts'
import type { Ranking, Recommender } from './recommender.ts'
import type { ScorerTelemetry } from './scorer-telemetry.ts'

export interface ScorerRoutesOptions {
  readonly recommender: Recommender
  readonly history: PrivateHistory
  readonly catalog: CatalogView
  readonly store: InterestStore
  readonly shape: InterestShape
  readonly say: ScorerTelemetry
  readonly now: () => number
  /** Why the space of text is not the Transformer's; every answer then says so in a header. */
  readonly degraded: string | undefined
}

/** More ids than this in one request are a catalog, not a list of candidates. */
const MOST_CANDIDATES = 10_000

const ranked = { 200: rankedAnswerSchema, '4xx': problemSchema, 503: problemSchema }
const userParams = z.object({ userId: identifier })
const itemParams = z.object({ itemId: identifier })
const limitQuery = z.object({ limit: limitParameter })
const candidates = z.array(identifier).min(1).max(MOST_CANDIDATES)

const rankBody = z.object({
  itemIds: candidates.optional().meta({ description: 'items to rank; the whole catalog when absent' }),
  userId: identifier.optional(),
  events: z.array(privateEventSchema).min(1).max(1_000).optional(),
  vector: z.array(z.number()).optional(),
  space: z.string().default('text').meta({ description: 'vector space of `vector`' }),
  limit: limitParameter,
})

const searchBody = z.object({
  query: z.string().trim().min(1).max(1_000),
  userId: identifier.optional(),
  limit: limitParameter,
})

const interestsSchema = z.object({
  userId: z.string(),
  asOf: z.iso.datetime(),
  timescales: z.record(z.string(), timescaleInterestsSchema),
})

export async function scorerRoutes(app: FastifyInstance, options: ScorerRoutesOptions): Promise<void> {
  const { recommender, say } = options
  const routes = app.withTypeProvider<ZodTypeProvider>()

  app.addHook('onSend', async (_, reply) => {
    if (options.degraded !== undefined) reply.header('halflife-degraded', 'embedder')
  })

  /** Ranks, times it, and puts it into words. */
  async function answer(
    request: FastifyRequest,
    work: () => Ranking | Promise<Ranking>,
  ): Promise<RankedAnswer> {
    const start = performance.now()
    const ranking = await work()
    const seconds = (performance.now() - start) / 1_000
    say.ranked({ basis: ranking.basis, items: ranking.items.length, seconds })
    return rankedAnswer(ranking, randomUUID(), languageOf(request.headers['accept-language']))
  }

  routes.get(
    '/v1/users/:userId/recommendations',
    {
      schema: {
        summary: 'What should this user see next?',
        tags: ['recommendations'],
        params: userParams,
        querystring: limitQuery,
        response: ranked,
      },
    },
    (request) => answer(request, () => recommender.recommend(request.params.userId, request.query.limit)),
  )

  routes.post(
    '/v1/rank',
    {
      schema: {
        summary: 'Rank items for a user, or for events or a vector given here (nothing is stored)',
        tags: ['recommendations'],
        body: rankBody,
        response: ranked,
      },
    },
    (request) => answer(request, () => rankAsAsked(request.body)),
  )

  function rankAsAsked({ userId, events, vector, space, itemIds, limit }: z.infer<typeof rankBody>) {
    const given = [userId, events, vector].filter((each) => each !== undefined)
    if (given.length !== 1) {
      throw new HalflifeError('HL_QUERY', `give one of userId, events and vector, not ${given.length}`)
    }
    if (events !== undefined) return recommender.rankForState(options.history.stateOf(events), itemIds, limit)
    if (vector !== undefined)
      return recommender.rankForVector(space, Float32Array.from(vector), itemIds, limit)
    if (itemIds === undefined) return recommender.recommend(userId!, limit)
    return recommender.rankForUser(userId!, itemIds, limit)
  }

  routes.post(
    '/v1/search',
    {
      schema: {
        summary: 'Items that match words in any language, without those the user has dealt with',
        tags: ['recommendations'],
        body: searchBody,
        response: ranked,
      },
    },
    (request) => {
      const { query, userId, limit } = request.body
      return answer(request, () => recommender.search(query, userId, limit))
    },
  )

  routes.get(
    '/v1/items/:itemId/similar',
    {
      schema: {
        summary: 'Items like this one',
        tags: ['recommendations'],
        params: itemParams,
        querystring: limitQuery,
        response: ranked,
      },
    },
    (request) => answer(request, () => recommender.similar(request.params.itemId, request.query.limit)),
  )

  routes.get(
    '/v1/trending',
    {
      schema: {
        summary: 'What many people want now',
        tags: ['recommendations'],
        querystring: limitQuery,
        response: ranked,
      },
    },
    (request) => answer(request, () => recommender.trending(request.query.limit)),
  )

  routes.get(
    '/v1/users/:userId/interests',
    {
      schema: {
        summary: 'What a user is interested in, by timescale',
        tags: ['users'],
        params: userParams,
        response: { 200: interestsSchema, '4xx': problemSchema },
      },
    },
    async (request) => {
      const { userId } = request.params
      const [stored] = await options.store.readUsers([userId])
      if (stored === undefined || isBlank(stored.state))
        throw new HalflifeError('HL_USER_UNKNOWN', `nothing is held about user ${userId}`)
      const { shape, catalog, now } = options
      return {
        userId,
        asOf: new Date(stored.state.interest.asOfMs).toISOString(),
        timescales: interestsOf(stored.state, shape, catalog, shape.spaces[0]!.name, now()),
      }
    },
  )
}
