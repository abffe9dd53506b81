import { describe, expect, it, onTestFinished } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { httpService } from '../../../libs/http/http-service.ts'
import { httpTelemetry } from '../../../libs/http/http-telemetry.ts'
import { type EventLog, topicNames } from '../../../libs/log/event-log.ts'
import { openHealth } from '../../../libs/telemetry/health.ts'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { collector } from '../../../services/collector/collector.ts'
import { collectorTelemetry } from '../../../services/collector/collector-telemetry.ts'

const click = { type: 'click', userId: 'ann', itemId: 'tea' }
const topics = topicNames('test')

/** A collector whose log takes only so many appends. */
async function overLog(takes: number) {
  const telemetry = openTelemetry({ service: 'test', level: 'silent' })
  const frame = { title: 'test', telemetry, health: openHealth(), maxBodyBytes: 10_000 }
  const app = await httpService({ ...frame, say: httpTelemetry(telemetry) })
  onTestFinished(() => app.close())
  const appended: string[] = []
  async function append(topic: string) {
    await new Promise(setImmediate)
    if (appended.length === takes) throw new HalflifeError('HL_LOG_UNAVAILABLE', 'no broker')
    appended.push(topic)
  }
  const options = { topics, weights: defaultEventWeights, spaces: [], now: () => Date.UTC(2026, 0, 1) }
  const log = { append } as unknown as EventLog
  await collector(app, { ...options, log, say: collectorTelemetry(telemetry) })
  /** What was counted as taken in. */
  const counted = async () => {
    const lines = (await telemetry.registry.metrics()).split('\n')
    const values = lines
      .filter((line) => line.startsWith('halflife_intake_'))
      .map((line) => line.split(' ').at(-1))
    return values.reduce((sum, value) => sum + Number(value), 0)
  }
  return { app, appended, counted }
}

describe('what is sent in', () => {
  it.each([
    ['POST', '/v1/events', click, [topics.events]],
    ['POST', '/v1/events', [click], [topics.events]],
    ['PUT', '/v1/items/tea', { title: 'Tea' }, [topics.items]],
    ['POST', '/v1/items', { itemId: 'tea', title: 'Tea' }, [topics.items]],
    ['DELETE', '/v1/items/tea', undefined, [topics.items]],
    ['PUT', '/v1/users/ann', { follows: ['bo'] }, [topics.users]],
    ['DELETE', '/v1/users/ann', undefined, [topics.events, topics.users]],
    ['POST', '/v1/users/ann/aliases', { anonymousId: 'cookie' }, [topics.events, topics.events]],
  ] as const)(
    'is accepted and counted once all of it is in the log: %s %s %j',
    async (method, url, payload, places) => {
      const request = { method, url, ...(payload && { payload: payload as object }) }
      for (let takes = 0; takes < places.length; takes++) {
        const { app, counted } = await overLog(takes)
        const refused = await app.inject(request)
        expect([refused.statusCode, refused.json().code]).toEqual([503, 'HL_LOG_UNAVAILABLE'])
        expect(await counted()).toBe(0)
      }
      const { app, appended, counted } = await overLog(places.length)
      const accepted = await app.inject(request)
      expect([accepted.statusCode, appended]).toEqual([202, places])
      expect(await counted()).toBe(1)
    },
  )
})
