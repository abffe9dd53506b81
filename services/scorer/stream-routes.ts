import { fastifySSE } from '@fastify/sse'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import type { Answering } from './answer.ts'
import type { RankedAnswer } from './answer-schema.ts'
import { rankedAnswerSchema } from './answer-schema.ts'
import { userParams } from './page-routes.ts'
import { fromQuery, pageQuery } from './request-parameters.ts'
import type { ScorerTelemetry } from './scorer-telemetry.ts'
import type { UserChanges } from './user-changes.ts'

export interface StreamRoutesOptions {
  readonly answer: Answering
  readonly changes: UserChanges
  readonly mostStreams: number
  readonly say: ScorerTelemetry
  /** A proxy that hears nothing for some time takes the connection for dead. @default 15_000 */
  readonly heartbeatMs?: number
}

/** A user's page, and a new one whenever what they want changes (server-sent events, HTML Living Standard 9.2). */
export async function streamRoutes(app: FastifyInstance, options: StreamRoutesOptions): Promise<void> {
  const { answer, changes, mostStreams, say, heartbeatMs = 15_000 } = options
  const open = new Set<{ close(): void }>()
  let closing = false
  await app.register(fastifySSE, { heartbeatInterval: heartbeatMs })
  app.addHook('preClose', async () => {
    closing = true
    for (const stream of open) stream.close()
  })

  /** @throws HL_NOT_READY */
  function requireOpen(): void {
    if (closing) throw new HalflifeError('HL_NOT_READY', 'the service is stopping')
  }

  /** @throws HL_OVERLOADED */
  function requireRoom(): void {
    if (open.size < mostStreams) return
    say.requestShed({ reason: 'streams', open: open.size })
    const detail = `${open.size} streams are open, which is as many as may be`
    throw new HalflifeError('HL_OVERLOADED', detail)
  }

  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/users/:userId/recommendations/stream',
    {
      sse: 'manual',
      // It would be answered as a stream, which never begins without a body.
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamRecommendations',
        summary: 'What should this user see next? Again after each of their events, as server-sent events',
        description:
          'Each event is called `ranking`; its data is an answer as of `/recommendations`. A comment comes every 15 seconds.',
        tags: ['recommendations'],
        produces: ['text/event-stream'],
        params: userParams,
        querystring: pageQuery,
        response: { 200: rankedAnswerSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      requireOpen()
      requireRoom()
      const stream = reply.sse
      let unwatch = () => {}
      stream.onClose(() => {
        unwatch()
        open.delete(stream)
        say.streamsOpen(open.size)
      })
      open.add(stream)
      say.streamsOpen(open.size)

      const { scenario = 'home', explain, ...page } = fromQuery(request.query)
      const { userId } = request.params
      const ranking = () =>
        answer(request, { ...page, scenario, who: { kind: 'user', userId }, about: {} }, explain)
      const send = (data: RankedAnswer) => stream.send({ id: data.recommendationId, event: 'ranking', data })
      // In this order: what changes while the first ranking is made is found by the first look.
      const seen = await changes.seenNow(userId)
      const first = await ranking()
      requireOpen()
      if (!stream.isConnected) return
      stream.keepAlive()
      await send(first)
      if (stream.isConnected)
        unwatch = changes.watch({ userId, seen, refresh: async () => send(await ranking()) })
    },
  )
}
