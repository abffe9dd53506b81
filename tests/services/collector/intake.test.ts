import { describe, expect, it } from 'vitest'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { linesOf, MOST_EVENTS, takeIn } from '../../../services/collector/intake.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const click = { type: 'click', userId: 'ann', itemId: 'book-1' }

describe('intake', () => {
  it('takes in what is right and refuses what is wrong, each by itself', () => {
    const values = [click, { ...click, type: 'stare' }, { ...click, userId: '' }, { ...click, userId: 'bo' }]
    const { records, rejected } = takeIn(values, defaultEventWeights, NOW)
    expect(records.map((record) => record.key)).toEqual(['ann', 'bo'])
    expect(rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'HL_EVENT_TYPE'],
      [2, 'HL_ID_EMPTY'],
    ])
  })

  it('gives an event the id and the time it lacks, and leaves those it has', () => {
    const own = { ...click, eventId: 'mine', occurredAt: '2026-03-01T11:00:00Z', context: { page: 3 } }
    const { records } = takeIn([click, own], defaultEventWeights, NOW)
    const [completed, kept] = records.map((record) => JSON.parse(String(record.value)))
    expect(completed).toMatchObject({ ...click, occurredAt: '2026-03-01T12:00:00.000Z' })
    expect(completed.eventId).toMatch(/^[0-9a-f-]{36}$/)
    expect(kept).toEqual(own)
  })

  it('gives an event that has one of the two the other: sent again by the log, it must be known by its id', () => {
    const [named, dated] = [
      { ...click, eventId: 'mine' },
      { ...click, occurredAt: '2026-03-01T11:00:00Z' },
    ]
    const { records } = takeIn([named, dated], defaultEventWeights, NOW)
    const [timed, identified] = records.map((record) => JSON.parse(String(record.value)))
    expect(timed).toEqual({ ...named, occurredAt: '2026-03-01T12:00:00.000Z' })
    expect(identified).toEqual({ ...dated, eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })

  it('counts what it has taken in, by type', () => {
    const view = { ...click, type: 'view' }
    const { byType } = takeIn([click, view, { ...view, itemId: '' }, click], defaultEventWeights, NOW)
    expect(Object.fromEntries(byType)).toEqual({ click: 2, view: 1 })
  })

  it('refuses 1,001 events together, and takes 1,000', () => {
    const many = (count: number) => Array.from({ length: count }, () => click)
    expect(takeIn(many(MOST_EVENTS), defaultEventWeights, NOW).records).toHaveLength(1_000)
    expect(() => takeIn(many(MOST_EVENTS + 1), defaultEventWeights, NOW)).toThrow(
      expect.objectContaining({ code: 'HL_EVENT_BATCH_SIZE' }),
    )
  })

  it('reads lines as bytes, so that broken UTF-8 in one does not spoil the next', () => {
    const good = Buffer.from(JSON.stringify(click))
    const body = Buffer.concat([good, Buffer.from('\r\n\n  \n'), Buffer.from([0xff, 0x0a]), good])
    const { records, rejected } = takeIn(linesOf(body), defaultEventWeights, NOW)
    expect(records).toHaveLength(2)
    expect(rejected).toMatchObject([{ index: 1, code: 'HL_BODY_ENCODING' }])
  })

  it('reads no more lines than show that there are too many', () => {
    const lines = linesOf(Buffer.from('1\n'.repeat(2_000_000)))
    expect(lines).toHaveLength(MOST_EVENTS + 1)
    expect(() => takeIn(lines, defaultEventWeights, NOW)).toThrow('at least 1001 events in one request')
  })
})
