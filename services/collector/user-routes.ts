import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { identifier } from '../../libs/event/identifier.ts'
import { userProfileSchema } from '../../libs/event/user-profile.ts'
import { problemSchema } from '../../libs/http/problem-schema.ts'
import { misshapes } from '../../libs/http/validation.ts'
import type { CollectorOptions } from './collector-options.ts'

const profileBody = userProfileSchema.register(misshapes, { code: 'HL_USER_SHAPE' })

export async function userRoutes(app: FastifyInstance, options: CollectorOptions): Promise<void> {
  const { log, topics, say } = options
  app.withTypeProvider<ZodTypeProvider>().put(
    '/v1/users/:userId',
    {
      schema: {
        summary: 'State what is known of a user: attributes, interests in words, whom they follow',
        tags: ['users'],
        params: z.object({ userId: identifier }),
        body: profileBody,
        response: { 202: z.object({ accepted: z.number().int() }), '4xx': problemSchema, 503: problemSchema },
      },
    },
    async (request, reply) => {
      const value = Buffer.from(JSON.stringify(request.body))
      await log.append(topics.users, [{ key: request.params.userId, value }])
      say.profileAccepted()
      return reply.code(202).send({ accepted: 1 })
    },
  )
}
