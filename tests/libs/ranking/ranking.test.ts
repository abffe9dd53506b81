import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import type { ItemVectors } from '../../../libs/interest/interest-state.ts'
import { fingerprintOf } from '../../../libs/interest/remembered-event.ts'
import { applyEvent, emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import { normalized } from '../../../libs/interest/vector.ts'
import { eventShares } from '../../../libs/ranking/event-shares.ts'
import { firstLook } from '../../../libs/ranking/first-look.ts'
import { rank } from '../../../libs/ranking/rank.ts'
import { reasonLine, reasonOf } from '../../../libs/ranking/reason.ts'
import { defaultScoreWeights, scoreOf, tasteAt } from '../../../libs/ranking/taste.ts'

const T0 = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const shape = interestShape(
  [
    { name: 'text', dimension: 4, model: 'm' },
    { name: 'image', dimension: 3, model: 'm' },
  ],
  [
    { name: 'session', halfLifeMs: 30 * MINUTE },
    { name: 'recent', halfLifeMs: 1_440 * MINUTE },
    { name: 'lasting', halfLifeMs: 43_200 * MINUTE },
  ],
)

/** A repeatable item for each number; every third has no image. */
function itemVectors(seed: number): ItemVectors {
  const vector = (dimension: number) =>
    normalized(Float32Array.from({ length: dimension }, (_, i) => Math.sin(seed * 12.9 + i * 78.2)))
  const vectors = new Map([['text', vector(4)]])
  if (seed % 3 !== 0) vectors.set('image', vector(3))
  return vectors
}
const vectorsOf = (itemId: string) => itemVectors(Number(itemId))

const anyHistory = fc.array(
  fc.record({
    item: fc.integer({ min: 1, max: 30 }),
    minutes: fc.integer({ min: 0, max: 10_000 }),
    weight: fc.constantFrom(1, 2, 8, -4),
  }),
  { minLength: 1, maxLength: 30 },
)

function stateAfter(
  history: readonly { item: number; minutes: number; weight: number }[],
  remembered: number,
): UserState {
  const state = emptyUser(shape)
  for (const [offset, { item, minutes, weight }] of history.entries()) {
    const event = {
      fingerprint: fingerprintOf(String(offset)),
      itemId: String(item),
      type: 'click',
      occurredAtMs: T0 + minutes * MINUTE,
      weight,
    }
    const bounds = { remembered, waiting: 1, seen: 100 }
    applyEvent(state, event, { partition: 'p/0', offset }, itemVectors(item), shape, bounds)
  }
  return state
}

function explained(state: UserState, atMs: number, item: number, isKnown = (_: string) => true) {
  const taste = tasteAt(state.interest, shape, defaultScoreWeights, atMs)
  const knownVectors = (itemId: string) => (isKnown(itemId) ? vectorsOf(itemId) : undefined)
  const sharesOf = eventShares(taste, state.interest, shape, state.remembered.events, knownVectors)
  return { score: scoreOf(taste.queries, itemVectors(item)), shares: sharesOf(itemVectors(item)) }
}

describe('an explanation', () => {
  it('accounts for the whole score at any moment, while every event is remembered', () => {
    const later = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(anyHistory, later, fc.integer({ min: 1, max: 30 }), (history, minutes, item) => {
        const state = stateAfter(history, 1_000)
        const { score, shares } = explained(state, state.interest.asOfMs + minutes * MINUTE, item)
        const sum = shares.reduce((total, { share }) => total + share, 0)
        expect(Math.abs(sum - score)).toBeLessThanOrEqual(1e-5)
      }),
    )
  })

  it('gives nothing to an event whose item is gone, and to the others what they had', () => {
    const state = stateAfter(
      [1, 2, 4].map((item) => ({ item, minutes: item, weight: 2 })),
      10,
    )
    const isKnown = (itemId: string) => itemId !== '2'
    const before = explained(state, state.interest.asOfMs, 5).shares
    const after = explained(state, state.interest.asOfMs, 5, isKnown).shares
    expect(after).toEqual(before.map((each) => (isKnown(each.event.itemId) ? each : { ...each, share: 0 })))
  })

  it('names the event with the largest share, in the language asked for', () => {
    const state = stateAfter(
      [
        { item: 1, minutes: 0, weight: 8 },
        { item: 2, minutes: 0, weight: 1 },
      ],
      10,
    )
    const { score, shares } = explained(state, state.interest.asOfMs, 1)
    const source = 'interests' as const
    const explanation = {
      score,
      shares: [{ source, share: score }],
      events: shares.map((share) => ({ ...share, source })),
      older: [{ source, share: 0 }],
    }
    const reason = reasonOf(explanation, source, (itemId) => (itemId === '1' ? '三体' : 'Another'))
    expect(reasonLine(reason, T0 + 3 * MINUTE, 'en')).toMatch(
      /^Because you clicked “三体” 3 minutes ago \(\d+ % of what speaks for it\)$/,
    )
    expect(reasonLine(reason, T0 + 3 * MINUTE, 'zh')).toMatch(
      /^因为你3分钟前点击了《三体》（占推荐理由的 \d+%）$/,
    )
  })

  it.each([
    [
      'dislike',
      'Unlike “三体”, which you disliked 3 minutes ago (40 % of what speaks for it)',
      '与你3分钟前不喜欢的《三体》不同（占推荐理由的 40%）',
    ],
    [
      'return',
      'Unlike “三体”, which you returned 3 minutes ago (40 % of what speaks for it)',
      '与你3分钟前退货的《三体》不同（占推荐理由的 40%）',
    ],
    [
      'mute',
      'Unlike “三体”, which you turned down 3 minutes ago (40 % of what speaks for it)',
      '与你3分钟前拒绝的《三体》不同（占推荐理由的 40%）',
    ],
  ])('says of what somebody did not want that the item is unlike it: %s', (type, en, zh) => {
    const event = { fingerprint: fingerprintOf('0'), itemId: '1', type, occurredAtMs: T0, weight: -4 }
    const reason = { kind: 'event', event, title: '三体', portion: 0.4 } as const
    expect(reasonLine(reason, T0 + 3 * MINUTE, 'en')).toBe(en)
    expect(reasonLine(reason, T0 + 3 * MINUTE, 'zh')).toBe(zh)
  })
})

describe('rank', () => {
  const anyScored = fc.uniqueArray(
    fc.record({ itemId: fc.string({ minLength: 1 }), score: fc.constantFrom(0, 1, 2, -1) }),
    { selector: (each) => each.itemId },
  )

  it('gives the same page whatever the order of the candidates', () => {
    const shuffled = anyScored.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    )
    fc.assert(
      fc.property(shuffled, ([a, b]) => {
        expect(rank(b, () => true, 5)).toEqual(rank(a, () => true, 5))
      }),
    )
  })

  it('never lets through what is not admitted, nor more than the limit', () => {
    fc.assert(
      fc.property(anyScored, fc.nat(10), (all, limit) => {
        const page = rank(all, (itemId) => itemId.length > 1, limit)
        expect(page.length).toBeLessThanOrEqual(limit)
        expect(page.every(({ itemId }) => itemId.length > 1)).toBe(true)
      }),
    )
  })
})

describe('a first look', () => {
  const shelf = (category: string) => Array.from({ length: 4 }, (_, n) => `${category}-${n}`)
  const shelves = new Map(['film', 'music', 'news'].map((category) => [category, shelf(category)]))
  const anything = () => true

  it('shows one of each category before a second of any', () => {
    const page = firstLook(shelves, 'ann', 6, anything)
    expect(page.slice(0, 3).map((itemId) => itemId.split('-')[0])).toEqual(['film', 'music', 'news'])
    expect(new Set(page).size).toBe(6)
    expect(firstLook(shelves, 'ann', 4, anything)).toEqual(page.slice(0, 4))
  })

  it('is the same each time for one user, and begins elsewhere for another', () => {
    expect(firstLook(shelves, 'ann', 12, anything)).toEqual(firstLook(shelves, 'ann', 12, anything))
    const pages = Array.from({ length: 20 }, (_, n) => firstLook(shelves, `user ${n}`, 3, anything).join())
    expect(new Set(pages).size).toBeGreaterThan(5)
  })

  it('shows all that is admitted, and nothing else, when there is room', () => {
    const even = (itemId: string) => Number(itemId.at(-1)) % 2 === 0
    const all = [...shelves.values()].flat().filter(even)
    expect(firstLook(shelves, 'ann', 100, even).sort()).toEqual(all.sort())
  })
})
