import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { eventSchema } from '../../libs/event/event.ts'
import { PROBLEM_TYPE, problemOf } from '../../libs/http/problem.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import { bodyJudgedBy } from '../../libs/http/validation.ts'
import type { CollectorOptions } from './collector-options.ts'
import { linesOf, MOST_EVENTS, takeIn } from './intake.ts'
import { tracedRecords } from './traced-records.ts'

const acceptedSchema = z.object({
  accepted: z.number().int(),
  rejected: z.array(z.object({ index: z.number().int(), code: z.string(), detail: z.string() })),
})

const NDJSON = 'application/x-ndjson'

export async function eventRoutes(app: FastifyInstance, options: CollectorOptions): Promise<void> {
  const { log, topics, weights, say, now } = options
  app.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, async (_: unknown, body: Buffer) => linesOf(body))

  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/events',
    {
      // Each event is judged by itself, in the handler: a schema for the whole would refuse neighbours too.
      validatorCompiler: bodyJudgedBy((value) => ({ value })),
      schema: {
        operationId: 'sendEvents',
        summary: `Tell what users did: one event, an array, or NDJSON (at most ${MOST_EVENTS})`,
        tags: ['events'],
        consumes: ['application/json', NDJSON],
        body: z.union([eventSchema, z.array(eventSchema).max(MOST_EVENTS)]).meta({
          examples: [
            {
              type: 'click',
              userId: 'ann',
              itemId: 'books-en-05',
              context: { country: 'DE', device: 'phone' },
            },
            [{ type: 'purchase', userId: 'ann', itemId: 'film-zh-05', occurredAt: '2026-03-01T12:00:00Z' }],
          ],
        }),
        response: { 202: acceptedSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const body: unknown = request.body
      const { records, byType, rejected } = takeIn(Array.isArray(body) ? body : [body], weights, now())
      if (records.length > 0) await log.append(topics.events, tracedRecords(records, request.headers))
      for (const [type, count] of byType) say.eventsAccepted(type, count)
      for (const { code } of rejected) say.eventRejected(code)
      const [refusal] = rejected
      if (refusal === undefined || Array.isArray(body)) {
        return reply.code(202).send({ accepted: records.length, rejected: [...rejected] })
      }
      // A single event that is refused is a refused request.
      const problem = problemOf(new HalflifeError(refusal.code, refusal.detail))
      const answer = { ...problem, accepted: 0, rejected }
      return reply.code(problem.status).type(PROBLEM_TYPE).send(answer)
    },
  )
}
