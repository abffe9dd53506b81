import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decay } from '../../../libs/interest/decay.ts'
import { interestShape, vectorStart } from '../../../libs/interest/interest-shape.ts'
import {
  emptyInterest,
  foldEvent,
  type InterestState,
  mergeInterest,
} from '../../../libs/interest/interest-state.ts'
import { normalized } from '../../../libs/interest/vector.ts'

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 0, 1)

const shape = interestShape(
  [
    { name: 'text', dimension: 4, model: 'm' },
    { name: 'image', dimension: 3, model: 'm' },
  ],
  [
    { name: 'session', halfLifeMs: HOUR / 2 },
    { name: 'lasting', halfLifeMs: 720 * HOUR },
  ],
)

interface Folded {
  occurredAtMs: number
  weight: number
  vectors: ReadonlyMap<string, Float32Array>
}

const anyVector = (dimension: number) =>
  fc
    .array(fc.integer({ min: -100, max: 100 }), { minLength: dimension, maxLength: dimension })
    .filter((components) => components.some((component) => component !== 0))
    .map((components) => normalized(Float32Array.from(components)))

const anyEvent: fc.Arbitrary<Folded> = fc.record({
  occurredAtMs: fc.integer({ min: T0, max: T0 + 240 * HOUR }),
  weight: fc.constantFrom(1, 2, 4, 5, 8),
  vectors: fc
    .tuple(anyVector(4), fc.option(anyVector(3), { nil: undefined }))
    .map(([text, image]) => new Map(Object.entries({ text, ...(image && { image }) }))),
})
const anyEvents = fc.array(anyEvent, { minLength: 1, maxLength: 40 })

function fold(events: readonly Folded[]): InterestState {
  const state = emptyInterest(shape)
  for (const event of events) foldEvent(state, shape, event, event.vectors)
  return state
}

/** Every vector within 1e-5 of the scale of what was added to it, every mass within 1e-9 relative. */
function expectSame(actual: InterestState, expected: InterestState): void {
  expect(actual.asOfMs).toBe(expected.asOfMs)
  for (const [t, mass] of expected.masses.entries()) {
    expect(Math.abs(actual.masses[t]! - mass)).toBeLessThanOrEqual(1e-9 * Math.abs(mass))
    for (const [s, space] of shape.spaces.entries()) {
      const start = vectorStart(shape, s, t)
      for (let i = start; i < start + space.dimension; i++) {
        expect(Math.abs(actual.sums[i]! - expected.sums[i]!)).toBeLessThanOrEqual(1e-5 * mass)
      }
    }
  }
}

describe('interest state', () => {
  it('is the sum of its definition', () => {
    const [early, late] = [T0, T0 + HOUR]
    const text = new Map([['text', Float32Array.of(1, 0, 0, 0)]])
    const other = new Map([['text', Float32Array.of(0, 1, 0, 0)]])
    const state = fold([
      { occurredAtMs: early, weight: 8, vectors: text },
      { occurredAtMs: late, weight: 2, vectors: other },
    ])
    expect(state.asOfMs).toBe(late)
    expect([...state.sums.subarray(0, 4)]).toEqual([8 / 4, 2, 0, 0])
    expect(state.masses[0]).toBe(8 / 4 + 2)
    expect(state.masses[1]).toBeCloseTo(8 * 2 ** (-1 / 720) + 2, 12)
  })

  it('does not depend on the order in which events arrive', () => {
    const shuffled = anyEvents.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      ),
    )
    fc.assert(fc.property(shuffled, ([events, other]) => expectSame(fold(other), fold(events))))
  })

  it('is the sum of the states of any two parts of its events', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(), (events, seed) => {
        const left = events.filter((_, index) => (seed >> (index % 16)) & 1)
        const right = events.filter((event) => !left.includes(event))
        const merged = fold(left)
        mergeInterest(merged, shape, fold(right))
        expectSame(merged, fold(events))
      }),
    )
  })

  it('is left as it is by an event of weight 0 and by the merging of nothing', () => {
    const event = { occurredAtMs: T0, weight: 2, vectors: new Map([['text', Float32Array.of(1, 0, 0, 0)]]) }
    const state = fold([event, { ...event, occurredAtMs: T0 + HOUR, weight: 0 }])
    mergeInterest(state, shape, emptyInterest(shape))
    expectSame(state, fold([event]))
  })
})

describe('decay', () => {
  it('composes: two waits weigh as much as their sum', () => {
    const wait = fc.integer({ min: 0, max: 1_000 * HOUR })
    fc.assert(
      fc.property(wait, wait, (a, b) => {
        expect(decay(a, 24 * HOUR) * decay(b, 24 * HOUR)).toBeCloseTo(decay(a + b, 24 * HOUR), 12)
      }),
    )
  })

  it('halves in a half-life', () => expect(decay(HOUR, HOUR)).toBe(0.5))
})
