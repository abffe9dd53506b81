import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { fingerprintOf } from '../../../libs/interest/remembered-event.ts'
import {
  applyEvent,
  emptyUser,
  settleWaiting,
  type UserBounds,
  type UserState,
} from '../../../libs/interest/user-state.ts'

const T0 = Date.UTC(2026, 0, 1)
const shape = interestShape(
  [{ name: 'text', dimension: 2, model: 'm' }],
  [{ name: 'recent', halfLifeMs: 86_400_000 }],
)
const vectors = new Map([['text', Float32Array.of(0.6, 0.8)]])
const bounds: UserBounds = { remembered: 5, waiting: 4, seen: 6 }

function event(id: string, over: Partial<RememberedEvent> = {}): RememberedEvent {
  return { fingerprint: fingerprintOf(id), itemId: id, type: 'click', occurredAtMs: T0, weight: 2, ...over }
}

function applyAll(
  events: readonly RememberedEvent[],
  known: (itemId: string) => boolean = () => true,
): UserState {
  const state = emptyUser(shape)
  for (const [offset, each] of events.entries()) {
    const at = { partition: 'events/0', offset }
    applyEvent(state, each, at, known(each.itemId) ? vectors : undefined, shape, bounds)
  }
  return state
}

const anyHistory = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 40 }).map(String),
    minutes: fc.integer({ min: 0, max: 20 }),
    type: fc.constantFrom('click', 'purchase'),
  }),
  { selector: (each) => each.id, maxLength: 25 },
)
const asEvent = (each: { id: string; minutes: number; type: string }) =>
  event(each.id, { occurredAtMs: T0 + each.minutes * 60_000, type: each.type })

describe('user state', () => {
  it('applies an offset once', () => {
    const state = applyAll([event('a')])
    const again = applyEvent(state, event('b'), { partition: 'events/0', offset: 0 }, vectors, shape, bounds)
    expect(again.outcome).toBe('redelivered')
    expect(state.interest.masses[0]).toBe(2)
  })

  it('takes the same offset of another partition for another record', () => {
    const state = applyAll([event('a')])
    const other = applyEvent(state, event('b'), { partition: 'events/1', offset: 0 }, vectors, shape, bounds)
    expect(other.outcome).toBe('applied')
    expect(state.interest.masses[0]).toBe(4)
  })

  it('counts an eventId that is sent twice once, whether its item is known or not', () => {
    expect(applyAll([event('a'), event('a')]).interest.masses[0]).toBe(2)
    expect(applyAll([event('a'), event('a')], () => false).waiting).toHaveLength(1)
  })

  it('remembers, sees and sums the same whatever the order of arrival', () => {
    const shuffled = anyHistory.chain((history) =>
      fc.tuple(
        fc.constant(history),
        fc.shuffledSubarray(history, { minLength: history.length, maxLength: history.length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([history, other]) => {
        const [a, b] = [applyAll(history.map(asEvent)), applyAll(other.map(asEvent))]
        expect(b.remembered.events).toEqual(a.remembered.events)
        expect(b.seen.items).toEqual(a.seen.items)
        expect(b.interest.masses[0]).toBeCloseTo(a.interest.masses[0]!, 9)
      }),
    )
  })

  it('keeps only the newest events and the items dealt with last', () => {
    const state = applyAll(
      Array.from({ length: 9 }, (_, n) => event(`item-${n}`, { occurredAtMs: T0 + n * 1_000 })),
    )
    expect(state.remembered.events.map((each) => each.itemId)).toEqual(
      [8, 7, 6, 5, 4].map((n) => `item-${n}`),
    )
    expect(state.seen).toHaveLength(6)
  })

  it('ends the same whether items become known late, some before others, or were known at once', () => {
    fc.assert(
      fc.property(anyHistory, fc.func(fc.boolean()), (history, isEarly) => {
        const events = history.slice(0, bounds.waiting).map(asEvent)
        const late = applyAll(events, () => false)
        const first = settleWaiting(late, (id) => (isEarly(id) ? vectors : undefined), shape, bounds)
        expect(first.every(({ itemId }) => isEarly(itemId))).toBe(true)
        expect(late.waiting.events.some(({ itemId }) => isEarly(itemId))).toBe(false)
        expect(first.length + late.waiting.length).toBe(events.length)
        settleWaiting(late, () => vectors, shape, bounds)
        const early = applyAll(events)
        expect(late.waiting.events).toEqual([])
        expect(late.remembered.events).toEqual(early.remembered.events)
        expect(late.interest.asOfMs).toBe(early.interest.asOfMs)
        expect(late.interest.masses[0]).toBeCloseTo(early.interest.masses[0]!, 9)
        expect(late.interest.sums[0]).toBeCloseTo(early.interest.sums[0]!, 4)
      }),
    )
  })

  it('says when a waiting event is lost because too many wait', () => {
    const state = applyAll(
      [1, 2, 3, 4].map((n) => event(`item-${n}`)),
      () => false,
    )
    const next = applyEvent(
      state,
      event('item-5'),
      { partition: 'events/0', offset: 9 },
      undefined,
      shape,
      bounds,
    )
    expect(next).toEqual({ outcome: 'waiting', lost: true })
    expect(state.waiting).toHaveLength(bounds.waiting)
  })

  it('is neither moved by an impression nor made to forget by it', () => {
    const state = applyAll([event('a'), event('b', { weight: 0, type: 'impression' })])
    expect(state.remembered).toHaveLength(1)
    expect(state.seen).toHaveLength(1)
    expect(state.applied.get('events/0')).toBe(1)
  })
})
