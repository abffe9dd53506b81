import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { encodeRecord } from '../../libs/event/encode-record.ts'
import { identifier } from '../../libs/event/identifier.ts'
import { userProfileSchema } from '../../libs/event/user-profile.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import { misshapes } from '../../libs/http/validation.ts'
import type { NewRecord } from '../../libs/log/event-log.ts'
import type { CollectorOptions } from './collector-options.ts'
import { requestAlias, writtenAliasReceipt } from './request-alias.ts'
import { requestForgetting, writtenReceipt } from './request-forgetting.ts'
import { tracedRecords } from './traced-records.ts'

const profileBody = userProfileSchema.register(misshapes, { code: 'HL_USER_SHAPE' }).meta({
  examples: [{ attributes: { country: 'DE' }, statedInterests: ['我喜欢阅读科幻小说'], follows: ['bo'] }],
})
const userParams = z.object({ userId: identifier.meta({ examples: ['ann'] }) })
const receiptSchema = z.object({
  receiptId: z.uuid(),
  userId: z.string(),
  requestedAt: z.iso.datetime().meta({ description: 'whatever was accepted up to then is forgotten' }),
})

const aliasBody = z
  .object({ anonymousId: identifier.meta({ description: 'under which the person was known before' }) })
  .register(misshapes, { code: 'HL_USER_SHAPE' })
  .meta({ examples: [{ anonymousId: 'cookie-7' }] })
const aliasReceiptSchema = z.object({
  receiptId: z.uuid(),
  userId: z.string(),
  anonymousId: z.string(),
  requestedAt: z.iso.datetime(),
})

export async function userRoutes(app: FastifyInstance, options: CollectorOptions): Promise<void> {
  const { log, topics, say, now } = options
  const routes = app.withTypeProvider<ZodTypeProvider>()

  routes.put(
    '/v1/users/:userId',
    {
      schema: {
        operationId: 'putUser',
        summary: 'State what is known of a user: attributes, interests in words, whom they follow',
        tags: ['users'],
        params: userParams,
        body: profileBody,
        response: { 202: z.object({ accepted: z.number().int() }), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const profile = [encodeRecord(request.params.userId, request.body)]
      await log.append(topics.users, tracedRecords(profile, request.headers))
      say.profileAccepted()
      return reply.code(202).send({ accepted: 1 })
    },
  )

  routes.delete(
    '/v1/users/:userId',
    {
      schema: {
        operationId: 'forgetUser',
        summary: 'Forget a user: state, remembered events and profile, within seconds and for good',
        description:
          'All ids that were said to be the user go with it. What is done afterwards starts a new, empty one.',
        tags: ['users'],
        params: userParams,
        response: { 202: receiptSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const receipt = await requestForgetting(request.params.userId, now(), options, request.headers)
      say.forgettingAccepted()
      return reply.code(202).send(writtenReceipt(receipt))
    },
  )

  routes.post(
    '/v1/users/:userId/aliases',
    {
      schema: {
        operationId: 'addAlias',
        summary: 'Say that an anonymous id is this user: what was and will be done under it counts for them',
        description:
          'May be said again, and in any order with the events. An id belongs to the user named first, until it or that user is forgotten.',
        tags: ['users'],
        params: userParams,
        body: aliasBody,
        response: { 202: aliasReceiptSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const ids = { userId: request.params.userId, anonymousId: request.body.anonymousId }
      const traced = (records: readonly NewRecord[]) => tracedRecords(records, request.headers)
      const receipt = await requestAlias(ids, now(), options, traced)
      say.aliasAccepted()
      return reply.code(202).send(writtenAliasReceipt(receipt))
    },
  )
}
