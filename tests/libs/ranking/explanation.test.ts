import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../../libs/interest/remembered-event.ts'
import { applyEvent, emptyUser } from '../../../libs/interest/user-state.ts'
import { blend, type Voice } from '../../../libs/ranking/blend.ts'
import { boost } from '../../../libs/ranking/boosts.ts'
import { inOrder } from '../../../libs/ranking/candidate.ts'
import { explanationOf } from '../../../libs/ranking/explanation.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { defaultScoreWeights, tasteAt } from '../../../libs/ranking/taste.ts'
import { interestsSource } from '../../../services/scorer/sources/interests-source.ts'
import { shapeOf, smallCatalog } from '../../services/scorer/small-catalog.ts'
import { between, expectSharesToSum } from './candidates.ts'

const T0 = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const shape = shapeOf(4)
const catalog = await smallCatalog(Array.from({ length: 30 }, (_, n) => ({ itemId: `item-${n}` })))
const itemIds = [...catalog.items()].map(({ itemId }) => itemId)

const anyHistory = fc.array(
  fc.record({ item: fc.nat(29), minutes: fc.nat(10_000), weight: fc.constantFrom(1, 2, 8, -4) }),
  { minLength: 1, maxLength: 20 },
)

function voicesAfter(
  history: readonly { item: number; minutes: number; weight: number }[],
  later: number,
): Voice[] {
  const state = emptyUser(shape)
  for (const [offset, { item, minutes, weight }] of history.entries()) {
    const event = {
      fingerprint: fingerprintOf(String(offset)),
      itemId: `item-${item}`,
      type: 'click',
      occurredAtMs: T0 + minutes * MINUTE,
      weight,
    }
    const bounds = { remembered: 5, waiting: 1, seen: 100 }
    applyEvent(state, event, { partition: 'p/0', offset }, catalog.vectorsOf(event.itemId), shape, bounds)
  }
  const nowMs = state.interest.asOfMs + later * MINUTE
  const taste = tasteAt(state.interest, shape, defaultScoreWeights, nowMs)
  const viewer = { userId: 'ann', state, attributes: {}, shown: [], basis: 'interests', taste } as const
  const request = {
    viewer,
    context: {},
    nowMs,
    interests: () => [],
    about: {},
    itemId: undefined,
    places: 10,
    supplied: undefined,
    findable: { within: undefined, all: () => [] },
  }
  const interests = interestsSource(catalog, shape, { current: () => undefined }).prefer(
    request,
    AbortSignal.timeout(1_000),
  )
  const trending = sparsePreference(
    new Map([
      ['item-1', 3],
      ['item-7', 1],
    ]),
    catalog.size,
  )!
  const voices: Voice[] = [{ source: 'trending', weight: 0.1, preference: trending, proposed: [] }]
  if (interests !== undefined && !(interests instanceof Promise)) {
    voices.push({ source: 'interests', weight: 1, preference: interests, proposed: [] })
  }
  return voices
}

describe('an explanation', () => {
  it('leaves no remainder: sources and stages sum to the score, events and older interest to their source', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(5_000), between(0.1, 10), (history, later, factor) => {
        const voices = voicesAfter(history, later)
        const rules = [{ name: 'rule', factor }]
        const ranked = boost(inOrder(blend(voices, itemIds)), rules, catalog.itemOf, {
          user: {},
          context: {},
        })
        for (const candidate of ranked) {
          const explanation = explanationOf(candidate, voices)
          expectSharesToSum(explanation)
          for (const { source, share } of explanation.older) {
            const parts = explanation.events.filter((event) => event.source === source)
            const whole =
              explanation.shares.find((each) => 'source' in each && each.source === source)?.share ?? 0
            expectSharesToSum({ score: whole, shares: [...parts, { share }] })
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('names every remembered event, and leaves nothing to older interest where these are all', () => {
    const history = [1, 2, 3].map((item) => ({ item, minutes: item, weight: 2 }))
    const voices = voicesAfter(history, 60)
    const { events, older } = explanationOf(blend(voices, ['item-5'])[0]!, voices)
    expect(events.map(({ event }) => event.itemId).sort()).toEqual(['item-1', 'item-2', 'item-3'])
    expect(events.some(({ share }) => Math.abs(share) > 0.1)).toBe(true)
    expect(older).toEqual([{ source: 'interests', share: expect.closeTo(0, 5) }])
  })
})
