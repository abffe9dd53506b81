import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forgetRecord, itemKnownRecord } from '../../../libs/event/control-record.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { emptyUser } from '../../../libs/interest/user-state.ts'
import type { NewRecord } from '../../../libs/log/event-log.ts'
import { applyRecords } from '../../../services/tracker/apply-records.ts'
import { understandBatch } from '../../../services/tracker/understand-batch.ts'

const T0 = Date.UTC(2026, 0, 1)
const PLACE = { topic: 'halflife.events', partition: 0 }
const shape = interestShape(
  [{ name: 'text', dimension: 1, model: 'm' }],
  [{ name: 'recent', halfLifeMs: 1e6 }],
)
const vectors = new Map([['text', Float32Array.of(1)]])
const bounds = { remembered: 4, waiting: 2, seen: 5 }

function click(itemId: string, second = 0): NewRecord {
  const event = { type: 'click', userId: 'ann', itemId, occurredAt: new Date(T0 + second * 1_000) }
  return { key: 'ann', value: Buffer.from(JSON.stringify(event)) }
}

/** Applied in batches, in each of which some items are known. */
function inBatches(batches: readonly (readonly [known: string, records: readonly NewRecord[]])[]) {
  const state = emptyUser(shape)
  let offset = 0
  const results = batches.map(([known, records]) => {
    const batch = records.map(({ key, value, headers = {} }) => ({
      ...PLACE,
      offset: offset++,
      timestampMs: T0,
      key: Buffer.from(key),
      value,
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    }))
    const theirs = understandBatch(batch, defaultEventWeights).byUser.get('ann') ?? []
    const vectorsOf = (itemId: string) => (known.includes(itemId) ? vectors : undefined)
    return applyRecords(state, `${PLACE.topic}/${PLACE.partition}`, theirs, { shape, bounds, vectorsOf })
  })
  return { state, results }
}

describe("a user's records", () => {
  const waiting = ['', [click('x', 1), click('x', 2)]] as const
  const others = [click('y', 3), click('y', 4)]

  it('push out no event of an item that is known by then', () => {
    const { state, results } = inBatches([waiting, ['x', [itemKnownRecord('ann', 'x'), ...others]]])
    expect(results[1]).toMatchObject({ changed: true, settled: 2, lost: 0 })
    expect(state.remembered.events.map(({ itemId }) => itemId)).toEqual(['x', 'x'])
    expect(state.waiting.events.map(({ itemId }) => itemId)).toEqual(['y', 'y'])
  })

  it('strike a user who is forgotten off the lists of items that were known just then, too', () => {
    const { state, results } = inBatches([waiting, ['x', [forgetRecord('ann', 'receipt', T0)]]])
    expect(results[1]).toMatchObject({ forgotten: true, forgottenItems: ['x'] })
    expect(state.remembered.length).toBe(0)
  })

  it('come to the same however the log is cut into batches', () => {
    const record = fc.oneof(
      { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...'abcd'), fc.nat(9)).map((of) => click(...of)) },
      { weight: 2, arbitrary: fc.constantFrom(...'abcd').map((itemId) => itemKnownRecord('ann', itemId)) },
      { weight: 1, arbitrary: fc.constant(forgetRecord('ann', 'receipt', T0)) },
    )
    const log = fc.array(record, { maxLength: 15 })
    fc.assert(
      fc.property(
        log,
        log,
        fc.subarray([...'abcd']),
        fc.array(fc.nat(15)),
        (before, records, known, cuts) => {
          const ends = [...cuts, records.length].sort((a, b) => a - b)
          const batches = ends.map(
            (end, n) => [known.join(''), records.slice(ends[n - 1] ?? 0, end)] as const,
          )
          const cut = inBatches([['', before], ...batches])
          const whole = inBatches([
            ['', before],
            [known.join(''), records],
          ])
          expect(cut.state).toEqual(whole.state)
        },
      ),
    )
  })
})
