import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sourceHeaders } from '../../../libs/event/replayed-record.ts'
import { type EventLog, type LogRecord, topicNames } from '../../../libs/log/event-log.ts'
import { listedPart } from '../../../services/cli/import/import-source.ts'
import { divisionBetween, requireSameHistory } from '../../../services/cli/rebuild/exported-history.ts'
import { understandBatch } from '../../../services/tracker/understand-batch.ts'

const MINUTE_MS = 60_000
const HOURS = 100
const UNTIL_HOUR = 50
const BEGINNING_MS = Date.parse('2026-01-01T00:00:00Z')
const topics = topicNames('halflife')
const noPart = listedPart<never>([])
const exported = {
  topic: 'export-0a1b2c3d',
  untilMs: BEGINNING_MS + UNTIL_HOUR * 60 * MINUTE_MS,
  source: { items: noPart, events: noPart },
}
const weights = { click: 2 }

/** In hours, whole: several fall together. */
const happening = fc.record({
  occurred: fc.integer({ min: 0, max: HOURS }),
  lateBy: fc.constantFrom(0, 0, 1, 30),
  /** The producer's clock is ahead, too far to be believed. */
  isAhead: fc.constantFrom(false, false, false, true),
  hasId: fc.boolean(),
  /** A dead letter, that the export need not hold. */
  isPutBack: fc.constantFrom(false, false, false, true),
  isAlsoExported: fc.boolean(),
})
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

const msOf = (hours: number) => BEGINNING_MS + hours * 60 * MINUTE_MS

function recordOf(topic: string, { occurred, isAhead, ...more }: Happening, n: number, logTimeMs?: number) {
  const event = {
    ...{ type: 'click', userId: `user-${n % 2}`, itemId: 'item' },
    occurredAt: new Date(msOf(occurred) + (isAhead ? 90 * MINUTE_MS : 0)).toISOString(),
    ...(more.hasId && { eventId: `event-${n}` }),
  }
  const isPutBack = more.isPutBack || topic === exported.topic
  const record: LogRecord = {
    ...{ topic, partition: 0, offset: n, timestampMs: logTimeMs ?? Date.parse(event.occurredAt) },
    key: Buffer.from(event.userId),
    value: Buffer.from(JSON.stringify(event)),
    headers: isPutBack
      ? { 'halflife-source': Buffer.from(sourceHeaders(`x/0/${n}`)['halflife-source']!) }
      : {},
  }
  return record
}

const logOf = (records: readonly LogRecord[]) =>
  ({
    async *read() {
      yield* records
    },
  }) as unknown as EventLog

describe('history from an export and from the log', () => {
  it('counts every event in exactly one of the two', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 20 }),
        fc.integer({ min: 0, max: UNTIL_HOUR - 1 }),
        async (all, logBegins) => {
          const received = all.map(({ occurred, lateBy }) => occurred + lateBy)
          const inLog = all.flatMap((each, n) =>
            received[n]! >= logBegins ? [recordOf(topics.events, each, n, msOf(received[n]!))] : [],
          )
          const inExport = all.flatMap((each, n) => {
            const isDue = received[n]! < UNTIL_HOUR && !(each.isPutBack && received[n]! >= logBegins)
            return isDue || each.isAlsoExported ? [recordOf(exported.topic, each, n)] : []
          })
          const isPassedOver = await divisionBetween(exported, { log: logOf(inLog), topics }, weights)
          const counted = [
            ...understandBatch([...inLog, ...inExport], weights, isPassedOver).byUser.values(),
          ].flat()
          for (const [n, each] of all.entries()) {
            const isNameless = !each.hasId && (received[n]! >= UNTIL_HOUR || each.isAhead || each.isPutBack)
            const times = counted.filter(({ offset }) => offset === n).length
            if (!isNameless) expect(times).toBe(1)
            else expect(times).toBeGreaterThanOrEqual(1)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is gone on with from where it was begun from', () => {
    const state = (topic: string) => ({
      topic,
      partition: 0,
      position: 0,
      trending: { landmarkMs: 0, weights: new Map() },
    })
    const other = { ...exported, topic: 'export-ffffffff' }
    const ours = [state(exported.topic), state(topics.events), state(topics.items)]
    const without = [state(topics.events)]
    for (const [states, from] of [
      [[], exported],
      [[], undefined],
      [ours, exported],
      [without, undefined],
      [[state(topics.items)], exported],
    ] as const) {
      expect(() => requireSameHistory(states, topics.events, from)).not.toThrow()
    }
    for (const [states, from] of [
      [ours, other],
      [ours, undefined],
      [[state(exported.topic)], undefined],
      [without, exported],
    ] as const) {
      expect(() => requireSameHistory(states, topics.events, from)).toThrow('halflife rebuild --abandon')
    }
  })
})
