import { expect, it, onTestFinished } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { httpService } from '../../../libs/http/http-service.ts'
import { httpTelemetry } from '../../../libs/http/http-telemetry.ts'
import { openHealth } from '../../../libs/telemetry/health.ts'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { answering } from '../../../services/scorer/answer.ts'
import { pageRoutes } from '../../../services/scorer/page-routes.ts'
import { scorerTelemetry } from '../../../services/scorer/scorer-telemetry.ts'
import { turnstile } from '../../../services/scorer/turnstile.ts'
import { catalog } from './topics.ts'

it('refuses over HTTP what goes beyond the requests in hand, at once, with 503 and Retry-After', async () => {
  const telemetry = openTelemetry({ service: 'test', level: 'silent' })
  const frame = { title: 'test', telemetry, health: openHealth(), maxBodyBytes: 10_000 }
  const app = await httpService({ ...frame, say: httpTelemetry(telemetry) })
  onTestFinished(() => app.close())
  const say = scorerTelemetry(telemetry)
  const gate = turnstile({ mostInHand: 2, withinMs: 1_000, clock: () => 0, onShed: say.requestShed })
  const waiting: (() => void)[] = []
  const recommender = {
    rank: () =>
      new Promise<never>((_, reject) => {
        waiting.push(() => reject(new HalflifeError('HL_STORE_UNAVAILABLE', 'the store has gone')))
      }),
  }
  const answer = answering({
    recommender,
    catalog,
    turnstile: gate,
    say,
    impressions: undefined,
    degraded: undefined,
  })
  const history = { stateOf: () => expect.unreachable() }
  await app.register(pageRoutes, { answer, history })

  const ask = () => app.inject({ url: '/v1/users/ann/recommendations' })
  const inHand = [ask(), ask()]
  await expect.poll(() => waiting.length).toBe(2)
  const refused = await ask()
  expect([refused.statusCode, refused.json().code]).toEqual([503, 'HL_OVERLOADED'])
  expect(refused.headers['retry-after']).toBe('1')
  expect(await telemetry.registry.metrics()).toMatch(/halflife_requests_shed_total\{reason="queue"[^}]*\} 1/)

  for (const end of waiting) end()
  await Promise.all(inHand)
  const next = ask()
  await expect.poll(() => waiting.length).toBe(3)
  waiting[2]!()
  expect((await next).json().code).toBe('HL_STORE_UNAVAILABLE')
})
