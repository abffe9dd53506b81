import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { encodeRecord } from '../../libs/event/encode-record.ts'
import { identifier } from '../../libs/event/identifier.ts'
import { userProfileSchema } from '../../libs/event/user-profile.ts'
import { problemSchema } from '../../libs/http/problem-schema.ts'
import { misshapes } from '../../libs/http/validation.ts'
import type { CollectorOptions } from './collector-options.ts'
import { requestForgetting, writtenReceipt } from './request-forgetting.ts'
import { tracedRecords } from './traced-records.ts'

const profileBody = userProfileSchema.register(misshapes, { code: 'HL_USER_SHAPE' })
const userParams = z.object({ userId: identifier })
const receiptSchema = z.object({
  receiptId: z.uuid(),
  userId: z.string(),
  requestedAt: z.iso.datetime().meta({ description: 'whatever was accepted up to then is forgotten' }),
})

export async function userRoutes(app: FastifyInstance, options: CollectorOptions): Promise<void> {
  const { log, topics, say, now } = options
  const routes = app.withTypeProvider<ZodTypeProvider>()

  routes.put(
    '/v1/users/:userId',
    {
      schema: {
        summary: 'State what is known of a user: attributes, interests in words, whom they follow',
        tags: ['users'],
        params: userParams,
        body: profileBody,
        response: { 202: z.object({ accepted: z.number().int() }), '4xx': problemSchema, 503: problemSchema },
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
        summary: 'Forget a user: state, remembered events and profile, within seconds and for good',
        description: 'What the user does afterwards starts a new, empty one.',
        tags: ['users'],
        params: userParams,
        response: { 202: receiptSchema, '4xx': problemSchema, 503: problemSchema },
      },
    },
    async (request, reply) => {
      const receipt = await requestForgetting(request.params.userId, now(), options)
      say.forgettingAccepted()
      return reply.code(202).send(writtenReceipt(receipt))
    },
  )
}
