import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { itemHash, type SeenItem, seenKind } from '../../../libs/interest/seen-items.ts'
import {
  admission,
  filtersSchema,
  type RequestFilters,
  requestFiltersSchema,
} from '../../../libs/ranking/filters.ts'
import { smallCatalog } from '../../services/scorer/small-catalog.ts'

const NOW = Date.UTC(2026, 0, 1)
const items = Array.from({ length: 24 }, (_, n) => ({
  itemId: `item-${n}`,
  category: ['film', 'books', 'news'][n % 3]!,
  tags: [['new', 'old'][n % 2]!, ['short', 'long', 'odd'][n % 3]!],
  attributes: { price: n, language: ['en', 'zh'][n % 2]!, sizes: ['s', 'm'].slice(0, n % 3) },
  available: n % 5 !== 0,
}))
const catalog = await smallCatalog(items)

const anyFilters: fc.Arbitrary<RequestFilters> = fc.record(
  {
    include: fc.subarray(
      items.map(({ itemId }) => itemId),
      { minLength: 1 },
    ),
    exclude: fc.subarray(items.map(({ itemId }) => itemId)),
    category: fc.oneof(fc.constantFrom('film', 'books', 'none'), fc.constant<string[]>(['film', 'news'])),
    tags: fc.record(
      { any: fc.constant<string[]>(['new', 'odd']), all: fc.constant<string[]>(['old', 'short']) },
      { requiredKeys: [] },
    ),
    attributes: fc.constantFrom<NonNullable<RequestFilters['attributes']>>(
      { price: { min: 6, max: 14 } },
      { language: { equals: 'zh' } },
      { sizes: { in: ['m', 'x'] } },
      { language: { sameAsUser: 'speaks' }, price: { max: 19 } },
    ),
  },
  { requiredKeys: [] },
)

const circumstances = { user: { speaks: 'en' }, context: {} }
const viewing = { seen: [] as SeenItem[], shown: [], circumstances, nowMs: NOW }
const filters = filtersSchema.parse({})

/** What the words of the documentation say, item by item. */
function mayPass(
  item: (typeof items)[number],
  { include, exclude, category, tags, attributes }: RequestFilters,
) {
  const inRange = (min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY) =>
    item.attributes.price >= min && item.attributes.price <= max
  return (
    item.available &&
    (include === undefined || include.includes(item.itemId)) &&
    !(exclude ?? []).includes(item.itemId) &&
    (category === undefined || [category].flat().includes(item.category)) &&
    (tags?.any === undefined || item.tags.some((tag) => tags.any!.includes(tag))) &&
    (tags?.all ?? []).every((tag) => item.tags.includes(tag)) &&
    (attributes?.price === undefined || inRange(attributes.price.min, attributes.price.max)) &&
    (attributes?.language?.equals === undefined || item.attributes.language === attributes.language.equals) &&
    (attributes?.language?.sameAsUser === undefined || item.attributes.language === 'en') &&
    (attributes?.sizes === undefined ||
      item.attributes.sizes.some((size) => attributes.sizes!.in!.includes(size)))
  )
}

describe('filters', () => {
  it('let through exactly what they say, and name what keeps an item out', () => {
    fc.assert(
      fc.property(anyFilters, (asked) => {
        const { admits, refusalOf } = admission(filters, asked, catalog, viewing)
        for (const item of items) {
          expect([item.itemId, admits(item.itemId)]).toEqual([item.itemId, mayPass(item, asked)])
          expect(refusalOf(item.itemId) === undefined).toBe(admits(item.itemId))
        }
      }),
    )
  })

  it('never let a request widen what the scenario lets through', () => {
    fc.assert(
      fc.property(anyFilters, anyFilters, (own, asked) => {
        const scenario = filtersSchema.parse(own)
        const alone = admission(scenario, {}, catalog, viewing)
        const both = admission(scenario, asked, catalog, viewing)
        for (const { itemId } of items) if (both.admits(itemId)) expect(alone.admits(itemId)).toBe(true)
      }),
    )
  })

  it('name the smallest set that they speak of, in which everything admitted lies', () => {
    const idsWhere = (isWanted: (item: (typeof items)[number]) => boolean) =>
      items.filter(isWanted).map(({ itemId }) => itemId)
    fc.assert(
      fc.property(anyFilters, anyFilters, (own, asked) => {
        const { admits, within } = admission(filtersSchema.parse(own), asked, catalog, viewing)
        const sizes = [own, asked].flatMap(({ include, category, tags }) => [
          ...(include ? [include] : []),
          ...(category ? [idsWhere((item) => [category].flat().includes(item.category))] : []),
          ...(tags?.any ? [idsWhere((item) => item.tags.some((tag) => tags.any!.includes(tag)))] : []),
          ...(tags?.all ?? []).map((tag) => idsWhere((item) => item.tags.includes(tag))),
        ])
        const smallest = sizes.length === 0 ? undefined : Math.min(...sizes.map((ids) => ids.length))
        expect(within?.size).toBe(smallest)
        for (const { itemId } of items)
          if (within !== undefined && admits(itemId)) expect(within).toContain(itemId)
      }),
    )
  })

  it('let the unavailable through where they say so', () => {
    const any = filtersSchema.parse({ available: 'any' })
    expect(admission(any, {}, catalog, viewing).admits('item-5')).toBe(true)
    expect(admission(filters, {}, catalog, viewing).refusalOf('item-5')).toBe('available')
  })

  it('take an attribute that is absent for equal to nothing, not even to one that is absent, too', () => {
    const refusal = (attributes: RequestFilters['attributes'], context = {}) =>
      admission(filters, { attributes }, catalog, {
        ...viewing,
        circumstances: { user: {}, context },
      }).refusalOf('item-1')
    expect(refusal({ mood: { sameAsUser: 'mood' } })).toBe('attributes')
    expect(refusal({ language: { sameAsContext: 'language' } })).toBe('attributes')
    expect(refusal({ language: { sameAsContext: 'language' } }, { language: 'zh' })).toBeUndefined()
    expect(refusal({ language: { min: 0 } })).toBe('attributes')
  })

  it('keep out what is unknown, whatever they say', () => {
    expect(admission(filters, { include: ['nonsense'] }, catalog, viewing).refusalOf('nonsense')).toBe(
      'unknown',
    )
  })

  it('leave out the seen by rule: off, ever, purchased, within a time', () => {
    const seen: SeenItem[] = [
      { itemHash: itemHash('item-1'), lastSeconds: NOW / 1_000 - 10, kinds: seenKind.positive, times: 1 },
      {
        itemHash: itemHash('item-2'),
        lastSeconds: NOW / 1_000 - 1_000,
        kinds: seenKind.positive | seenKind.purchased,
        times: 1,
      },
    ]
    const keptOut = (rule: RequestFilters['seen']) => {
      const { refusalOf } = admission(filters, { seen: rule }, catalog, { ...viewing, seen })
      return ['item-1', 'item-2', 'item-3'].filter((itemId) => refusalOf(itemId) === 'seen')
    }
    expect(keptOut('off')).toEqual([])
    expect(keptOut('ever')).toEqual(['item-1', 'item-2'])
    expect(keptOut('purchased')).toEqual(['item-2'])
    expect(keptOut({ withinSeconds: 60 })).toEqual(['item-1'])
    expect(keptOut(undefined)).toEqual(['item-1', 'item-2'])
  })

  it('leave out what was shown so often since the user last dealt with it', () => {
    const page = (secondsAgo: number, ...itemIds: string[]) => ({
      recommendationId: `${secondsAgo}`,
      scenario: 'home',
      variant: '',
      shownAtMs: NOW - 1_000 * secondsAgo,
      items: itemIds.map((itemId) => ({ itemHash: itemHash(itemId), source: 'interests' })),
    })
    const shown = [page(30, 'item-1', 'item-2'), page(20, 'item-1', 'item-3'), page(10, 'item-1', 'item-3')]
    const clicked = {
      itemHash: itemHash('item-1'),
      lastSeconds: NOW / 1_000 - 15,
      kinds: seenKind.positive,
      times: 1,
    }
    const keptOut = (times: number, seen: SeenItem[]) => {
      const rules = filtersSchema.parse({ seen: 'off', ignored: { times } })
      const { refusalOf } = admission(rules, {}, catalog, { ...viewing, seen, shown })
      return items.filter(({ itemId }) => refusalOf(itemId) === 'ignored').map(({ itemId }) => itemId)
    }
    expect(keptOut(4, [])).toEqual([])
    expect(keptOut(3, [])).toEqual(['item-1'])
    expect(keptOut(2, [])).toEqual(['item-1', 'item-3'])
    expect(keptOut(2, [clicked])).toEqual(['item-3'])
    // When they clicked is known to the second: a page of that second is the one that they found the item on.
    const found = page(15 - 0.8, 'item-3')
    const clickedLater = { ...clicked, itemHash: itemHash('item-3') }
    const { refusalOf } = admission(
      filtersSchema.parse({ seen: 'off', ignored: { times: 1 } }),
      {},
      catalog,
      { ...viewing, seen: [clickedLater], shown: [found] },
    )
    expect(refusalOf('item-3')).toBeUndefined()
  })

  it.each([[{ times: 0 }], [{ times: 21 }], [{ times: 1.5 }], [{}], [3]])(
    'refuse to be written as ignored: %j',
    (ignored) => {
      expect(filtersSchema.safeParse({ ignored }).success).toBe(false)
    },
  )

  it.each([
    [{ category: '' }],
    [{ include: [] }],
    [{ tags: { any: [] } }],
    [{ tags: { none: ['x'] } }],
    [{ attributes: { price: {} } }],
    [{ attributes: { price: { min: 2, max: 1 } } }],
    [{ attributes: { price: { min: '1' } } }],
    [{ seen: 'never' }],
    [{ seen: { withinSeconds: 0 } }],
    [{ colour: 'red' }],
  ])('refuse to be written as %j', (wrong) => {
    expect(requestFiltersSchema.safeParse(wrong).success).toBe(false)
  })
})
