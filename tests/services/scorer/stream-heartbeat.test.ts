import Fastify from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { zodValidation } from '../../../libs/http/validation.ts'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { scorerTelemetry } from '../../../services/scorer/scorer-telemetry.ts'
import { streamRoutes } from '../../../services/scorer/stream-routes.ts'
import { listen } from '../../integration/event-stream.ts'

it('a stream to which nothing comes lets hear of itself', async () => {
  const app = Fastify()
  app.setValidatorCompiler(zodValidation)
  app.setSerializerCompiler(() => JSON.stringify)
  const watched: (() => Promise<void>)[] = []
  await app.register(streamRoutes, {
    answer: async () => ({ recommendationId: 'r1', scenario: 'home', basis: 'trending', items: [] }),
    changes: {
      seenNow: async () => new Map(),
      watch({ refresh }) {
        watched.push(refresh)
        return () => {}
      },
      stop() {},
    },
    mostStreams: 1,
    say: scorerTelemetry(openTelemetry({ service: 'scorer', level: 'silent' })),
    heartbeatMs: 5,
  })
  onTestFinished(() => app.close())
  const stream = await listen(`${await app.listen()}/v1/users/ann/recommendations/stream`)
  await stream.next()
  const next = stream.next()
  await expect.poll(() => stream.comments.length).toBeGreaterThan(2)
  await watched[0]!()
  expect((await next)!.event).toBe('ranking')
  await stream.close()
})
