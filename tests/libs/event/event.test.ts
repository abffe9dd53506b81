import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { decodeEvent, decodeItem, decodeUserProfile } from '../../../libs/event/decode-record.ts'
import { type EventInput, eventSchema, isPlainEvent, parseEvent } from '../../../libs/event/event.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const click = { type: 'click', userId: 'ann', itemId: 'book-1' }

function refusal(value: unknown): string {
  try {
    parseEvent(value, defaultEventWeights, NOW)
  } catch (error) {
    if (error instanceof HalflifeError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('an event', () => {
  it('takes weight and time from its type and the log when it does not say', () => {
    expect(parseEvent(click, defaultEventWeights, NOW)).toMatchObject({
      weight: 2,
      occurredAtMs: NOW,
      fromFuture: false,
    })
  })

  it('keeps its own weight and its own time, in any time zone', () => {
    const own = { ...click, weight: 0.5, occurredAt: '2026-03-01T19:00:00+08:00' }
    const hourAgo = Date.parse('2026-03-01T11:00:00Z')
    expect(parseEvent(own, defaultEventWeights, NOW)).toMatchObject({ weight: 0.5, occurredAtMs: hourAgo })
  })

  it('is believed when slightly ahead of the log, and set to log time when further ahead', () => {
    const inFour = { ...click, occurredAt: '2026-03-01T12:04:00Z' }
    const inSix = { ...click, occurredAt: '2026-03-01T12:06:00Z' }
    expect(parseEvent(inFour, defaultEventWeights, NOW).occurredAtMs).toBe(NOW + 4 * 60_000)
    expect(parseEvent(inSix, defaultEventWeights, NOW)).toMatchObject({ occurredAtMs: NOW, fromFuture: true })
  })

  it.each([
    ['nothing', -1],
    ['microseconds', NOW * 1e3],
    ['nanoseconds', NOW * 1e6],
  ])('refuses a record whose log time is one of %s', (_, logTimeMs) => {
    const event = { ...click, occurredAt: undefined }
    expect(() => parseEvent(event, defaultEventWeights, logTimeMs)).toThrow(
      `the record's time is ${logTimeMs}, which is no milliseconds`,
    )
  })

  it.each([
    [
      'an unknown type',
      { ...click, type: 'stare' },
      'HL_EVENT_TYPE: event type "stare" is not one of impression',
    ],
    ['the name of an object method as type', { ...click, type: 'toString' }, 'HL_EVENT_TYPE'],
    ['no type', { userId: 'ann', itemId: 'i' }, 'HL_EVENT_TYPE: the event has no type'],
    ['no userId', { type: 'click', itemId: 'i' }, 'HL_ID_MISSING: the event has no userId'],
    ['an empty itemId', { ...click, itemId: '' }, 'HL_ID_EMPTY: itemId is empty'],
    ['a userId that is a number', { ...click, userId: 7 }, 'HL_EVENT_SHAPE: userId is 7'],
    [
      'an id of over 256 bytes',
      { ...click, userId: '想'.repeat(86) },
      'HL_ID_TOO_LONG: userId is longer than 256 bytes',
    ],
    [
      'an infinite weight',
      JSON.parse('{"type":"click","userId":"a","itemId":"i","weight":1e999}'),
      'HL_EVENT_WEIGHT: weight is Infinity',
    ],
    ['a weight out of range', { ...click, weight: -1001 }, 'HL_EVENT_WEIGHT: weight is -1001'],
    ['a weight in words', { ...click, weight: '2' }, 'HL_EVENT_WEIGHT: weight is "2"'],
    ['a day that does not exist', { ...click, occurredAt: '2026-02-30T00:00:00Z' }, 'HL_EVENT_TIME'],
    ['a time without zone', { ...click, occurredAt: '2026-03-01T12:00:00' }, 'HL_EVENT_TIME'],
    ['a time before 1970', { ...click, occurredAt: '1969-12-31T23:59:59Z' }, 'HL_EVENT_TIME'],
    ['a time two days ahead', { ...click, occurredAt: '2026-03-03T12:00:00Z' }, 'HL_EVENT_TIME_FUTURE'],
    ['a list', [click], 'HL_EVENT_SHAPE'],
    ['null', null, 'HL_EVENT_SHAPE: the event must be a JSON object, not null'],
  ])('is refused with %s', (_, value, expected) => {
    expect(refusal(value)).toContain(expected)
  })

  it('of exactly 256 bytes of id is accepted', () => {
    expect(refusal({ ...click, userId: 'x'.repeat(256) })).toBe('accepted')
  })
})

describe('a record of the events topic', () => {
  const record = (value: string | Buffer | null, headers: Record<string, string> = {}) => ({
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    timestampMs: NOW,
  })
  const decode = (...args: Parameters<typeof record>) => decodeEvent(record(...args), defaultEventWeights)

  it('fills in what it leaves out from CloudEvents headers', () => {
    const headers = {
      ce_specversion: '1.0',
      ce_id: 'e-1',
      ce_type: 'halflife.like',
      ce_time: '2026-03-01T11:59:00Z',
    }
    expect(decode('{"userId":"ann","itemId":"i"}', headers)).toMatchObject({
      eventId: 'e-1',
      type: 'like',
      occurredAtMs: NOW - 60_000,
    })
  })

  it('is refused when it has no value, is no UTF-8 or no JSON', () => {
    expect(() => decode(null)).toThrow(expect.objectContaining({ code: 'HL_EVENT_SHAPE' }))
    expect(() => decode(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(
      expect.objectContaining({ code: 'HL_BODY_ENCODING' }),
    )
    expect(() => decode('{"type":')).toThrow(expect.objectContaining({ code: 'HL_BODY_JSON' }))
  })
})

it.each([
  ['HL_ID_MISSING', ''],
  ['HL_ID_TOO_LONG', 'x'.repeat(257)],
])('a removal is refused as %s when its key is no identifier', (code, key) => {
  const record = { key: Buffer.from(key), value: null, headers: {}, timestampMs: NOW }
  for (const decode of [decodeItem, decodeUserProfile]) {
    expect(() => decode(record)).toThrow(expect.objectContaining({ code }))
  }
})

describe('the short way of understanding an event', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constant('\ud800'),
    fc.constant(''),
  )
  const anything = fc.oneof(fc.anything(), text, fc.double(), fc.constant(undefined))
  const time = fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom(
      '2026-02-29T00:00:00Z',
      '2024-02-29T00:00:00+08:00',
      '2026-03-01',
      '2026-03-01T12:00:00',
      '',
    ),
  )
  const fieldsOf = (plain: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: plain }, anything)
  const sent = fc.record(
    {
      eventId: fieldsOf(text),
      type: fieldsOf(fc.constantFrom('click', 'view')),
      userId: fieldsOf(text),
      itemId: fieldsOf(text),
      occurredAt: fieldsOf(time),
      sessionId: fieldsOf(text),
      weight: fieldsOf(fc.double()),
      recommendationId: fieldsOf(text),
      context: fieldsOf(fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), fc.jsonValue())),
      more: fc.anything(),
    },
    { requiredKeys: ['type', 'userId', 'itemId'] },
  )

  it('takes nothing that the schema refuses or changes', () => {
    fc.assert(
      fc.property(fc.oneof(sent, anything), (value) => {
        if (!isPlainEvent(value)) return
        const { data } = eventSchema.safeParse(value)
        expect(data).toBeDefined()
        for (const field of Object.keys(eventSchema.shape) as (keyof EventInput)[])
          expect(value[field]).toEqual(data![field])
      }),
      { numRuns: 3_000 },
    )
  })

  it('takes ordinary events', () => {
    const context = { country: 'NZ', visits: 3, tags: ['a'] }
    const ids = { eventId: 'e-1', sessionId: 's-1', recommendationId: '三体' }
    for (const occurredAt of ['2026-03-01T12:00:00Z', '2026-03-01T19:00:00.123+08:00', undefined])
      expect(isPlainEvent({ ...click, ...ids, occurredAt, weight: -1.5, context })).toBe(true)
  })
})
