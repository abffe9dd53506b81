import { expect, it } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { trackerTelemetry } from '../../../services/tracker/tracker-telemetry.ts'

it('writes no line at info for what grows with traffic, and one for what is lost', () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const say = trackerTelemetry(openTelemetry({ service: 'tracker', level: 'info', destination }))
  say.eventsClamped(1)
  say.eventsLate(1)
  say.eventsRepeated(1)
  say.eventsWaiting(1)
  say.idsLinked({ linked: 1, refused: 1, dropped: 0 })
  expect(lines).toEqual([])
  say.waitingEventsLost(1)
  say.idsLinked({ linked: 0, refused: 0, dropped: 1 })
  expect(lines.map((line) => (JSON.parse(line) as { level: number }).level)).toEqual([50, 50])
})

it('says once a minute why batches fail, however often they do', () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  let now = 0
  const say = trackerTelemetry(openTelemetry({ service: 'tracker', level: 'info', destination }), () => now)
  const away = new HalflifeError('HL_STORE_UNAVAILABLE', 'Redis does not answer')
  for (; now < 120_000; now += 250) say.batchFailed(away)
  say.batchFailed(new Error('of another kind'))
  expect(lines.map((line) => (JSON.parse(line) as { code: string }).code)).toEqual([
    'HL_STORE_UNAVAILABLE',
    'HL_STORE_UNAVAILABLE',
    'HL_INTERNAL',
  ])
})
