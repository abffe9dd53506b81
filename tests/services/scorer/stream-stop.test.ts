import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { httpService } from '../../../libs/http/http-service.ts'
import { httpTelemetry } from '../../../libs/http/http-telemetry.ts'
import { openHealth } from '../../../libs/telemetry/health.ts'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { scorerTelemetry } from '../../../services/scorer/scorer-telemetry.ts'
import { streamRoutes } from '../../../services/scorer/stream-routes.ts'

it('whoever asks for a stream while the service stops is told so, not given an empty one', async () => {
  const telemetry = openTelemetry({ service: 'scorer', level: 'silent' })
  const frame = { title: 'test', telemetry, health: openHealth(), maxBodyBytes: 1_000 }
  const app = await httpService({ ...frame, say: httpTelemetry(telemetry) })
  await app.register(streamRoutes, {
    async answer() {
      void app.close()
      await setTimeout(20)
      return { recommendationId: 'r1', scenario: 'home', basis: 'trending', items: [] }
    },
    changes: { seenNow: async () => new Map(), watch: () => () => {}, stop() {} },
    mostStreams: 1,
    say: scorerTelemetry(telemetry),
  })
  const { statusCode, body } = await app.inject('/v1/users/ann/recommendations/stream')
  expect([statusCode, body]).toEqual([503, expect.stringContaining('HL_NOT_READY')])
})
