import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape, vectorStart } from '../../../libs/interest/interest-shape.ts'
import { recallVectors } from '../../../libs/interest/recall-vectors.ts'
import { applyEvent, defaultBounds, emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import { normalized } from '../../../libs/interest/vector.ts'

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 0, 1)
const spaces = [
  { name: 'text', dimension: 4, model: 'm' },
  { name: 'image', dimension: 3, model: 'm' },
]
const lasting = { name: 'lasting', halfLifeMs: 720 * HOUR }
const recalled = interestShape(spaces, [{ name: 'session', halfLifeMs: HOUR / 2, recalled: true }, lasting])
const stored = interestShape(spaces, [{ name: 'session', halfLifeMs: HOUR / 2 }, lasting])

/** Every third item has no image. */
function vectorsOf(itemId: string): Map<string, Float32Array> {
  const seed = Number(itemId)
  const vector = (length: number, by: number) =>
    normalized(Float32Array.from({ length }, (_, i) => Math.sin(seed * by + i * 78.2)))
  const text = new Map([['text', vector(4, 12.9)]])
  return seed % 3 === 0 ? text : text.set('image', vector(3, 4.1))
}

const anyEvents = fc.array(
  fc.record({
    itemId: fc.nat(20).map(String),
    occurredAtMs: fc.integer({ min: T0, max: T0 + 6 * HOUR }),
    weight: fc.constantFrom(-4, 0.5, 1, 2, 5),
  }),
  { minLength: 1, maxLength: 30 },
)

function userAfter(events: readonly { itemId: string; occurredAtMs: number; weight: number }[]): UserState {
  const state = emptyUser(stored)
  for (const [offset, event] of events.entries()) {
    const whole = { ...event, type: 'click', fingerprint: offset.toString(16).padStart(16, '0') }
    applyEvent(state, whole, { partition: 'p/0', offset }, vectorsOf(event.itemId), stored, defaultBounds)
  }
  return state
}

describe('recalled vectors', () => {
  it('are those that would have been stored, in whatever order the events came', () => {
    fc.assert(
      fc.property(anyEvents, fc.constantFrom(0, 7), (events, left) => {
        const state = userAfter(events)
        const wanted = state.interest.sums.slice()
        // What a store gives that does not keep them, and what is there when all events have been applied.
        for (const [s, { dimension }] of spaces.entries()) {
          const start = vectorStart(recalled, s, 0)
          state.interest.sums.fill(left, start, start + dimension)
        }
        recallVectors(state, recalled, vectorsOf)
        const size = events.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
        for (const [n, component] of wanted.entries()) {
          expect(Math.abs(state.interest.sums[n]! - component)).toBeLessThanOrEqual(1e-5 * size)
        }
      }),
    )
  })

  it('miss what was done with items that have no vector any more, and leave stored ones alone', () => {
    const state = userAfter([{ itemId: '1', occurredAtMs: T0, weight: 2 }])
    const before = state.interest.sums.slice()
    recallVectors(state, stored, vectorsOf)
    expect(state.interest.sums).toEqual(before)
    state.interest.sums.fill(0)
    recallVectors(state, recalled, () => undefined)
    expect(state.interest.sums).toEqual(new Float32Array(before.length))
  })
})
