import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { fingerprintOf } from '../../../libs/interest/remembered-event.ts'
import {
  applyEvent,
  emptyUser,
  forgetUser,
  isBlank,
  type LogPosition,
  type Outcome,
  type UserState,
} from '../../../libs/interest/user-state.ts'

const T0 = Date.UTC(2026, 0, 1)
const FORGOTTEN_MS = T0 + 100_000
const HOME = 'events/0'
const shape = interestShape(
  [{ name: 'text', dimension: 2, model: 'm' }],
  [{ name: 'recent', halfLifeMs: 86_400_000 }],
)
const vectors = new Map([['text', Float32Array.of(0.6, 0.8)]])
const bounds = { remembered: 50, waiting: 50, seen: 50 }

interface Entry {
  /** `forget`, or the id of an event and of its item. */
  readonly what: string
  readonly known: boolean
  readonly at: Required<LogPosition> & { logTimeMs: number }
}

function apply(state: UserState, { what, known, at }: Entry): Outcome | boolean {
  if (what === 'forget') return forgetUser(state, at)
  const type = 'click'
  const event = { fingerprint: fingerprintOf(what), itemId: what, type, occurredAtMs: T0, weight: 2 }
  return applyEvent(state, event, at, known ? vectors : undefined, shape, bounds).outcome
}

function fold(entries: readonly Entry[]): UserState {
  const state = emptyUser(shape)
  for (const entry of entries) apply(state, entry)
  return state
}

function entry(what: string, partition: string, offset: number, logTimeMs: number): Entry {
  return { what, known: true, at: { partition, offset, logTimeMs, replayed: false } }
}

/** Events of one partition in the order of their offsets; log times are theirs, ms around the forgetting. */
function events(name: string, partition: string, from: number, aroundMs: fc.Arbitrary<number>) {
  const one = fc.tuple(aroundMs, fc.boolean())
  return fc.array(one, { maxLength: 6 }).map((list) =>
    list.map(([ms, known], n): Entry => {
      const offset = from + n
      const at = { partition, offset, logTimeMs: FORGOTTEN_MS + ms, replayed: false }
      return { what: `${name}-${n}`, known, at }
    }),
  )
}

/** Any merge of both that keeps the order within each. */
function interleaved(a: readonly Entry[], b: readonly Entry[]): fc.Arbitrary<Entry[]> {
  return fc.array(fc.boolean(), { minLength: a.length, maxLength: a.length + b.length }).map((turns) => {
    const [left, right] = [[...a], [...b]]
    const merged = turns.map((first) => (first ? left : right).shift()).filter((each) => each !== undefined)
    return [...merged, ...left, ...right]
  })
}

const anyTime = fc.integer({ min: -50, max: 50 })
const forgetting = entry('forget', HOME, 100, FORGOTTEN_MS)

describe('a user who is forgotten', () => {
  it('is the fold of only the events after it, however older events of other partitions fall around it', () => {
    const history = fc
      .record({
        // In the same partition it is the place that counts, whatever the clocks said.
        before: events('before', HOME, 0, anyTime),
        after: events('after', HOME, 101, anyTime),
        elsewhereBefore: events('old', 'events/1', 0, fc.integer({ min: -50, max: 0 })),
        elsewhereAfter: events('new', 'events/1', 50, fc.integer({ min: 1, max: 50 })),
      })
      .chain(({ before, after, elsewhereBefore, elsewhereAfter }) =>
        fc.record({
          around: interleaved([...before, forgetting, ...after], elsewhereBefore),
          wanted: fc.constant([...after, ...elsewhereAfter]),
          later: fc.constant(elsewhereAfter),
        }),
      )
    fc.assert(
      fc.property(history, ({ around, later, wanted }) => {
        const state = fold([...around, ...later])
        const only = fold(wanted)
        expect(state.interest).toEqual(only.interest)
        expect(state.remembered.events).toEqual(only.remembered.events)
        expect(state.waiting.events).toEqual(only.waiting.events)
        expect(state.seen.items).toEqual(only.seen.items)
      }),
    )
  })

  it('has nothing held of them, but which records were applied and when and where that was', () => {
    const state = fold([entry('a', HOME, 3, T0), entry('b', 'events/1', 5, T0), forgetting])
    expect(isBlank(state)).toBe(true)
    const applied = new Map([
      [HOME, 100],
      ['events/1', 5],
    ])
    expect(state).toEqual({
      ...emptyUser(shape),
      applied,
      forgottenAtMs: FORGOTTEN_MS,
      forgottenIn: HOME,
    })
  })

  it('is told that older events came too late, and takes them for applied', () => {
    const state = fold([forgetting])
    const old = entry('old', 'events/1', 7, FORGOTTEN_MS)
    expect(apply(state, old)).toBe('forgotten')
    expect(apply(state, old)).toBe('redelivered')
    expect(isBlank(state)).toBe(true)
  })

  it('is not forgotten again by the same record, nor by an older one of another partition', () => {
    const state = fold([forgetting, entry('new', HOME, 101, FORGOTTEN_MS)])
    expect(apply(state, forgetting)).toBe(false)
    expect(apply(state, entry('forget', 'events/1', 9, FORGOTTEN_MS - 1))).toBe(false)
    expect(state.remembered).toHaveLength(1)
    expect(apply(state, entry('forget', HOME, 102, FORGOTTEN_MS - 1))).toBe(true)
    expect(isBlank(state)).toBe(true)
    expect(state.forgottenAtMs).toBe(FORGOTTEN_MS)
  })

  it('stays forgotten when a dead letter from before is put back behind it', () => {
    const state = fold([forgetting])
    const { at, ...old } = entry('old', HOME, 101, FORGOTTEN_MS - 1)
    expect(apply(state, { ...old, at: { ...at, replayed: true } })).toBe('forgotten')
    const { at: later, ...recent } = entry('recent', HOME, 102, FORGOTTEN_MS + 1)
    expect(apply(state, { ...recent, at: { ...later, replayed: true } })).toBe('applied')
  })
})
