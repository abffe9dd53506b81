import { describe, expect, it } from 'vitest'
import { forgetRecord } from '../../../libs/event/control-record.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { sourceHeaders } from '../../../libs/event/replayed-record.ts'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { defaultBounds, emptyUser, isBlank } from '../../../libs/interest/user-state.ts'
import type { LogRecord, NewRecord } from '../../../libs/log/event-log.ts'
import { applyRecords } from '../../../services/tracker/apply-records.ts'
import { understandBatch } from '../../../services/tracker/understand-batch.ts'

const T0 = Date.UTC(2026, 0, 1)
const TOPIC = 'halflife.events'
const shape = interestShape(
  [{ name: 'text', dimension: 1, model: 'm' }],
  [{ name: 'recent', halfLifeMs: 1e8 }],
)
const known = new Map([['text', Float32Array.of(1)]])
const vectorsOf = (itemId: string) => (itemId.startsWith('known') ? known : undefined)
const rules = { shape, bounds: defaultBounds, vectorsOf }

function recordAt(offset: number, { key, value, headers = {}, timestampMs = T0 }: NewRecord): LogRecord {
  const asBytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])
  const place = { topic: TOPIC, partition: 0, offset, timestampMs }
  return { ...place, key: Buffer.from(key), value, headers: Object.fromEntries(asBytes) }
}

function click(itemId: string, headers: Record<string, string> = {}): NewRecord {
  const value = Buffer.from(JSON.stringify({ type: 'click', userId: 'ann', itemId }))
  return { key: 'ann', value, headers }
}

const theirs = (records: readonly NewRecord[], from = 0) =>
  understandBatch(
    records.map((record, n) => recordAt(from + n, record)),
    defaultEventWeights,
  ).byUser.get('ann')!

describe("a user's records around one that forgets them", () => {
  it('leave what comes after it, and strike the user off the lists of items no longer waited for', () => {
    const state = emptyUser(shape)
    const records = theirs([
      click('known-1'),
      click('late-1'),
      click('late-2'),
      forgetRecord('ann', 'receipt', T0),
      click('late-2'),
      click('known-2'),
    ])
    const result = applyRecords(state, `${TOPIC}/0`, records, rules)
    expect(result).toMatchObject({ changed: true, forgotten: true, forgottenItems: ['late-1'] })
    expect(result.outcomes).toEqual(['applied', 'waiting', 'waiting', 'control', 'waiting', 'applied'])
    expect(state.remembered.map(({ itemId }) => itemId)).toEqual(['known-2'])
    expect(state.waiting.map(({ itemId }) => itemId)).toEqual(['late-2'])
  })

  it('write the user even when nothing was held, for older events may come from another partition', () => {
    const state = emptyUser(shape)
    applyRecords(state, `${TOPIC}/0`, theirs([forgetRecord('ann', 'receipt', T0)]), rules)
    const late = applyRecords(state, `${TOPIC}/1`, theirs([click('late-1')]), rules)
    expect(late).toMatchObject({ changed: false, outcomes: ['forgotten'], forgottenItems: ['late-1'] })
    expect(isBlank(state)).toBe(true)
    expect(state.forgottenAtMs).toBe(T0)
  })
})

describe('a dead letter that is put back', () => {
  it('is the same event however often, and one that lay somewhere else is another', () => {
    const [a, again, other] = theirs(
      [
        click('known-1', sourceHeaders(`${TOPIC}/0/3`)),
        click('known-1', sourceHeaders(`${TOPIC}/0/3`)),
        click('known-1', sourceHeaders(`${TOPIC}/0/4`)),
      ],
      7,
    )
    expect(again!.event).toEqual(a!.event)
    expect(other!.event!.fingerprint).not.toBe(a!.event!.fingerprint)
    expect(a!.replayed).toBe(true)
  })

  it('is the event that it would have been at its first place', () => {
    const [first] = theirs([click('known-1')], 3)
    const [replayed] = theirs([click('known-1', sourceHeaders(`${TOPIC}/0/3`))], 9)
    expect(replayed!.event).toEqual(first!.event)
  })
})
