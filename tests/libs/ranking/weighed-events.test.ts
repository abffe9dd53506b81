import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { applyEvent, defaultBounds, emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import { eventShares } from '../../../libs/ranking/event-shares.ts'
import { defaultScoreWeights, tasteAt } from '../../../libs/ranking/taste.ts'
import { weighedEvents } from '../../../libs/ranking/weighed-events.ts'

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 0, 1)
const timescales = [
  { name: 'session', halfLifeMs: HOUR / 2 },
  { name: 'recent', halfLifeMs: 24 * HOUR },
]
const shape = interestShape([{ name: 'text', dimension: 2, model: 'm' }], timescales)
const anyEvents = fc.array(
  fc.record({ angle: fc.nat(6), minute: fc.nat(500), weight: fc.constantFrom(1, 8, -4) }),
  { minLength: 1, maxLength: 12 },
)
const vectorsOf = (itemId: string) =>
  new Map([['text', Float32Array.of(Math.cos(Number(itemId)), Math.sin(Number(itemId)))]])

function userAfter(events: readonly { angle: number; minute: number; weight: number }[]): UserState {
  const state = emptyUser(shape)
  for (const [offset, { angle, minute, weight }] of events.entries()) {
    const fingerprint = offset.toString(16).padStart(16, '0')
    const event = {
      fingerprint,
      itemId: String(angle),
      type: 'view',
      occurredAtMs: T0 + minute * 60_000,
      weight,
    }
    applyEvent(state, event, { partition: 'p/0', offset }, vectorsOf(event.itemId), shape, defaultBounds)
  }
  return state
}

describe('weighed events', () => {
  it('weigh what each adds to the score of an item in its own direction, the newest of them', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(100), fc.integer({ min: 1, max: 12 }), (events, later, newest) => {
        const state = userAfter(events)
        const taste = tasteAt(
          state.interest,
          shape,
          defaultScoreWeights,
          state.interest.asOfMs + later * HOUR,
        )
        const weighed = weighedEvents(state, taste, shape, newest)
        const remembered = state.remembered.events
        expect(weighed.map(({ fingerprint }) => fingerprint)).toEqual(
          remembered.slice(0, newest).map(({ fingerprint }) => fingerprint),
        )
        const sharesOf = eventShares(taste, state.interest, shape, remembered, vectorsOf)
        for (const { itemId, fingerprint, weight } of weighed) {
          const own = sharesOf(vectorsOf(itemId)).find(({ event }) => event.fingerprint === fingerprint)
          expect(weight).toBeCloseTo(own!.share, 6)
        }
      }),
    )
  })

  it('are none where there is no space of texts', () => {
    const other = interestShape([{ name: 'image', dimension: 2, model: 'm' }], timescales)
    const state = emptyUser(other)
    const taste = tasteAt(state.interest, other, defaultScoreWeights, T0)
    expect(weighedEvents(userAfter([{ angle: 1, minute: 0, weight: 1 }]), taste, other, 5)).toEqual([])
  })
})
