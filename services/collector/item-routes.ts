import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { encodeRecord } from '../../libs/event/encode-record.ts'
import { identifier } from '../../libs/event/identifier.ts'
import { type ItemInput, itemBodySchema, itemSchema } from '../../libs/event/item.ts'
import { suppliedVectors } from '../../libs/event/item-vectors.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import { bodyJudgedBy, checked, misshapes } from '../../libs/http/validation.ts'
import type { CollectorOptions } from './collector-options.ts'
import { tracedRecords } from './traced-records.ts'

const MOST_ITEMS = 1_000
const acceptedSchema = z.object({ accepted: z.number().int() })
const answers = { 202: acceptedSchema, ...problemAnswers }
const tea = {
  title: 'Green tea',
  category: 'tea',
  tags: ['leaf'],
  attributes: { price: 7.5, language: 'en' },
}
const oneOfMany = itemSchema.strict().register(misshapes, { code: 'HL_ITEM_SHAPE' })
const itemsBody = z.array(oneOfMany).min(1).max(MOST_ITEMS).register(misshapes, { code: 'HL_ITEM_SHAPE' })
const itemBody = itemBodySchema
  .extend({ itemId: identifier.optional().meta({ description: 'as in the path, if it is repeated' }) })
  .register(misshapes, { code: 'HL_ITEM_SHAPE' })
  .meta({ examples: [tea] })
const itemParams = z.object({ itemId: identifier.meta({ examples: ['tea-01'] }) })

export async function itemRoutes(app: FastifyInstance, options: CollectorOptions): Promise<void> {
  const { log, topics, spaces, say } = options
  const routes = app.withTypeProvider<ZodTypeProvider>()

  async function put(
    items: readonly ItemInput[],
    { headers }: Pick<FastifyRequest, 'headers'>,
  ): Promise<{ accepted: number }> {
    for (const item of items) suppliedVectors(item.vectors, spaces)
    const records = items.map((item) => encodeRecord(item.itemId, item))
    await log.append(topics.items, tracedRecords(records, headers))
    say.itemsAccepted('put', items.length)
    return { accepted: items.length }
  }

  routes.put(
    '/v1/items/:itemId',
    {
      schema: {
        operationId: 'putItem',
        summary: 'Add an item to the catalog, or replace it',
        tags: ['catalog'],
        params: itemParams,
        body: itemBody,
        response: answers,
      },
    },
    async (request, reply) => {
      const { itemId } = request.params
      const repeated = request.body.itemId ?? itemId
      if (repeated !== itemId) {
        const detail = `itemId is "${repeated}" in the body and "${itemId}" in the path; leave it out of the body`
        throw new HalflifeError('HL_ITEM_SHAPE', detail)
      }
      return reply.code(202).send(await put([{ ...request.body, itemId }], request))
    },
  )

  routes.post(
    '/v1/items',
    {
      validatorCompiler: bodyJudgedBy((body) =>
        checked(Array.isArray(body) ? itemsBody : oneOfMany, body, 'body'),
      ),
      schema: {
        operationId: 'putItems',
        summary: `Add or replace items; all of them are taken or none (at most ${MOST_ITEMS})`,
        tags: ['catalog'],
        body: z
          .union([itemsBody, oneOfMany])
          .meta({ examples: [{ itemId: 'tea-01', ...tea }, [{ itemId: 'tea-01', ...tea }]] }),
        response: answers,
      },
    },
    async (request, reply) => reply.code(202).send(await put([request.body].flat(), request)),
  )

  routes.delete(
    '/v1/items/:itemId',
    {
      schema: {
        operationId: 'removeItem',
        summary: 'Take an item out of the catalog; interests it has left stay',
        tags: ['catalog'],
        params: itemParams,
        response: answers,
      },
    },
    async (request, reply) => {
      const removal = [{ key: request.params.itemId, value: null }]
      await log.append(topics.items, tracedRecords(removal, request.headers))
      say.itemsAccepted('removed', 1)
      return reply.code(202).send({ accepted: 1 })
    },
  )
}
