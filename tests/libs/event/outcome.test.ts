import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeImpression, type ShownPage, shownPageOf, shownTo } from '../../../libs/event/impression.ts'
import { attribute, outcomeOf, positionLabel } from '../../../libs/event/outcome.ts'
import { itemHash } from '../../../libs/interest/seen-items.ts'

const T0 = Date.UTC(2026, 5, 1)
const HOUR_MS = 3_600_000

function page(recommendationId: string, shownAtMs: number, ...itemIds: string[]): ShownPage {
  const items = itemIds.map((itemId) => ({ itemHash: itemHash(itemId), source: `source-of-${itemId}` }))
  return { recommendationId, scenario: 'home', variant: '', shownAtMs, items }
}

const pages = [page('r3', T0 + 3, 'c', 'a'), page('r2', T0 + 2, 'b'), page('r1', T0 + 1, 'a', 'b')]
const owed = (itemId: string, recommendationId?: string, occurredAtMs = T0 + 10) => {
  const found = attribute({ itemId, occurredAtMs, recommendationId }, pages, HOUR_MS)
  return found && [found.by, found.page.recommendationId, found.position, found.source]
}

describe('an outcome', () => {
  it('is owed to the page that it names, at the item’s place', () => {
    expect(owed('b', 'r1')).toEqual(['id', 'r1', 2, 'source-of-b'])
  })

  it('that names a page is owed to no other', () => {
    expect(owed('c', 'r1')).toBeUndefined()
    expect(owed('a', 'r9')).toBeUndefined()
  })

  it('without a name is owed to the newest page before it that showed the item', () => {
    expect(owed('a')).toEqual(['item', 'r3', 2, 'source-of-a'])
    expect(owed('a', undefined, T0 + 2)).toEqual(['item', 'r1', 1, 'source-of-a'])
    expect(owed('a', undefined, T0)).toBeUndefined()
    expect(owed('x')).toBeUndefined()
  })

  it('is owed to no page outside the window, named or not', () => {
    expect(owed('b', 'r1', T0 + 1 + HOUR_MS)).toBeDefined()
    expect(owed('b', 'r1', T0 + 2 + HOUR_MS)).toBeUndefined()
    expect(owed('b', undefined, T0 + 3 + HOUR_MS)).toBeUndefined()
  })

  it('is a click or a purchase, and nothing else', () => {
    const types = ['click', 'purchase', 'view', 'cart', 'dislike', 'toString']
    expect(types.map(outcomeOf)).toEqual(['click', 'conversion', undefined, undefined, undefined, undefined])
  })
})

it('places have few labels, in the order of places', () => {
  const labels = Array.from({ length: 1_000 }, (_, index) => positionLabel(index + 1))
  expect([...new Set(labels)]).toEqual(['1', '2', '3', '4-6', '7-10', '11-30', '31+'])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999 }), (position) => {
      expect([labels[position - 1], labels[position]]).toEqual(
        [labels[position - 1], labels[position]].sort(
          (a, b) => Number.parseInt(a!, 10) - Number.parseInt(b!, 10),
        ),
      )
    }),
  )
})

describe('an impression', () => {
  const sent = {
    recommendationId: 'r1',
    userId: 'ann',
    shownAt: '2026-06-01T00:00:00.000Z',
    scenario: 'home',
    sampled: 1,
    items: [{ itemId: 'a', position: 1, source: 'interests' }],
  }
  const decoded = (value: unknown) =>
    decodeImpression({ key: null, value: Buffer.from(JSON.stringify(value)), headers: {}, timestampMs: T0 })

  it('becomes a page of the user, or of itself where nobody was named', () => {
    expect(shownPageOf(decoded(sent))).toEqual({
      recommendationId: 'r1',
      scenario: 'home',
      variant: '',
      shownAtMs: T0,
      items: [{ itemHash: itemHash('a'), source: 'interests' }],
    })
    const { userId: _, ...anybody } = sent
    expect([shownTo(decoded(sent)), shownTo(decoded(anybody))]).toEqual(['ann', 'r1'])
  })

  it('of a long page is kept in part', () => {
    const items = Array.from({ length: 1_000 }, (_, n) => ({
      itemId: `i${n}`,
      position: n + 1,
      source: 'fresh',
    }))
    expect(shownPageOf(decoded({ ...sent, items })).items).toHaveLength(50)
  })

  it.each([
    ['scenario', 'x'.repeat(65)],
    ['scenario', 'Home"}'],
    ['variant', 7],
    ['sampled', 0],
    ['sampled', 1.1],
    ['shownAt', 'noon'],
    ['items', [{ itemId: 'a', position: 0, source: 'interests' }]],
    ['items', [{ itemId: 'a', position: 1, source: 'an odd source' }]],
  ])('is refused where %s is %j', (field, value) => {
    expect(() => decoded({ ...sent, [field]: value })).toThrow(field)
  })
})
