import { describe, expect, it } from 'vitest'
import { aliasRecords, forgetRecord, forgetWithRecord } from '../../../libs/event/control-record.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { sourceHeaders } from '../../../libs/event/replayed-record.ts'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { defaultBounds, emptyUser, isBlank, type UserState } from '../../../libs/interest/user-state.ts'
import type { LogRecord, NewRecord } from '../../../libs/log/event-log.ts'
import { decodeUserValues, encodeUser } from '../../../libs/store/user-codec.ts'
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
    expect(state.remembered.events.map(({ itemId }) => itemId)).toEqual(['known-2'])
    expect(state.waiting.events.map(({ itemId }) => itemId)).toEqual(['late-2'])
  })

  it.each([
    ['none', -1],
    ['1970', 0],
    ['microseconds', T0 * 1e3],
    ['nanoseconds', T0 * 1e6],
  ])('forget and link whatever log time a producer gave them: %s', (_, timestampMs) => {
    const state = emptyUser(shape)
    const link = aliasRecords({ userId: 'ann', anonymousId: 'cookie' }, 'receipt', timestampMs)[1]
    const records = theirs([click('known-1'), forgetRecord('ann', 'receipt', timestampMs), link])
    applyRecords(state, `${TOPIC}/0`, records, rules)
    const layout = { shape, userVectors: 'float32' } as const
    const values = encodeUser(layout, state).map((value) =>
      value === undefined ? value : Buffer.from(value),
    )
    const stored = decodeUserValues(layout, 'ann', values).state
    expect(stored).toMatchObject({ forgottenIn: `${TOPIC}/0`, aliases: [{ userId: 'cookie' }] })
    expect(isBlank(stored)).toBe(true)
  })

  it('count from the first of times on, for whoever was never forgotten', () => {
    const [{ value = null }, state] = [click('known-1'), emptyUser(shape)]
    const result = applyRecords(state, `${TOPIC}/0`, theirs([{ key: 'ann', value, timestampMs: 0 }]), rules)
    expect(result.outcomes).toEqual(['applied'])
  })

  it('write the user even when nothing was held, for older events may come from another partition', () => {
    const state = emptyUser(shape)
    applyRecords(state, `${TOPIC}/0`, theirs([forgetRecord('ann', 'receipt', T0)]), rules)
    const late = applyRecords(state, `${TOPIC}/1`, theirs([click('late-1')]), rules)
    expect(late).toMatchObject({ changed: false, outcomes: ['forgotten'], forgottenItems: ['late-1'] })
    expect(isBlank(state)).toBe(true)
    expect(state.forgottenAtMs).toBe(T0)
  })

  it('strike nobody off who was never forgotten when an event comes again: they may wait for its item anew', () => {
    const applied = () => applyRecords(state, `${TOPIC}/0`, theirs([click('late-1')]), rules)
    const state = emptyUser(shape)
    applied()
    state.waiting.clear()
    expect(applied()).toMatchObject({ outcomes: ['redelivered'], forgottenItems: [] })
    state.forgottenAtMs = T0
    expect(applied()).toMatchObject({ outcomes: ['redelivered'], forgottenItems: ['late-1'] })
  })
})

it('a request whose key no user can have is set aside', () => {
  const request = recordAt(0, { ...forgetRecord('ann', 'receipt', T0), key: 'x'.repeat(300) })
  const { byUser, undecodable } = understandBatch([request], defaultEventWeights)
  expect(undecodable.map(({ error }) => error.code)).toEqual(['HL_ID_TOO_LONG'])
  expect(byUser.size).toBe(0)
})

describe("a user's aliases", () => {
  const applyIn = (partition: number, state: UserState, records: readonly NewRecord[], from = 0) =>
    applyRecords(state, `${TOPIC}/${partition}`, theirs(records, from), rules)
  const linkTo = (userId: string, atMs: number) => aliasRecords({ userId, anonymousId: 'ann' }, 'r', atMs)[0]
  const forgetWith = (userId: string, linkedAtMs: number, requestedAtMs: number) =>
    forgetWithRecord('ann', { userId, atMs: linkedAtMs }, 'r', requestedAtMs)

  it('are to be forgotten with them, and so is one of which a lagging partition tells afterwards', () => {
    const state = emptyUser(shape)
    const [, hasAlias] = aliasRecords({ userId: 'ann', anonymousId: 'cookie' }, 'r', T0 - 1)
    const { forgottenAliases } = applyIn(0, state, [hasAlias, forgetRecord('ann', 'r', T0)])
    const cookie = { userId: 'cookie', atMs: T0 - 1 }
    expect(forgottenAliases).toEqual([{ alias: cookie, receiptId: 'r', requestedAtMs: T0 }])
    const [, late] = aliasRecords({ userId: 'ann', anonymousId: 'phone' }, 'r', T0 - 2)
    const afterwards = applyIn(1, state, [late], 5).forgottenAliases
    expect(afterwards).toMatchObject([{ alias: { userId: 'phone' }, requestedAtMs: T0 }])
    expect(state.aliases).toEqual([])
  })

  it('take their own aliases with them', () => {
    const state = emptyUser(shape)
    const [, hasAlias] = aliasRecords({ userId: 'ann', anonymousId: 'cookie' }, 'r', T0 - 3)
    const { forgottenAliases } = applyIn(0, state, [
      hasAlias,
      linkTo('eve', T0 - 2),
      forgetWith('eve', T0 - 2, T0),
    ])
    expect(forgottenAliases).toMatchObject([{ alias: { userId: 'cookie' } }])
  })

  it('are forgotten once: told again, it erases nothing of what came since', () => {
    const state = emptyUser(shape)
    const told = forgetWith('eve', T0 - 2, T0)
    applyIn(0, state, [
      linkTo('eve', T0 - 2),
      click('known-1'),
      told,
      linkTo('eve', T0 + 2),
      click('known-2'),
    ])
    expect(applyIn(0, state, [told], 5)).toMatchObject({ forgotten: false })
    expect(state.remembered.events.map(({ itemId }) => itemId)).toEqual(['known-2'])
  })

  it('stay when they are somebody else’s, or were freed since', () => {
    const others = emptyUser(shape)
    const records = [
      linkTo('dan', T0 - 2),
      linkTo('eve', T0 - 1),
      click('known-1'),
      forgetWith('eve', T0 - 1, T0),
    ]
    expect(applyIn(0, others, records)).toMatchObject({ forgotten: false, links: { linked: 1, refused: 1 } })
    const freed = emptyUser(shape)
    applyIn(0, freed, [linkTo('eve', T0 - 2), forgetRecord('ann', 'r', T0 - 1), click('known-1')])
    expect(applyIn(0, freed, [forgetWith('eve', T0 - 2, T0)], 3)).toMatchObject({ forgotten: false })
    expect([others, freed].map(({ remembered }) => remembered.length)).toEqual([1, 1])
  })

  it('go before they have heard of the link, when partitions were added', () => {
    const state = emptyUser(shape)
    expect(applyIn(1, state, [forgetWith('eve', T0 - 2, T0)])).toMatchObject({ forgotten: true })
    applyIn(0, state, [linkTo('eve', T0 - 2)])
    expect(state.aliasOf).toBeUndefined()
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
