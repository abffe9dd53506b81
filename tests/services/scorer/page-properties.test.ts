import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { between, expectSharesToSum } from '../../libs/ranking/candidates.ts'
import { type History, smallScorer } from './small-scorer.ts'
import { catalog, clicks, idsOf, topicOf, topics, topicsOf } from './topics.ts'

const anyTopic = fc.constantFrom(...topics)
const anyItem = fc.tuple(anyTopic, fc.nat(14)).map(([topic, n]) => `${topic}-${n}`)
const anyItems = fc.uniqueArray(anyItem, { minLength: 1, maxLength: 20 })
const anyHistory: fc.Arbitrary<History> = fc.array(
  fc.tuple(anyItem, fc.constantFrom('view', 'click', 'purchase', 'dislike'), between(0, 200)),
  { maxLength: 12 },
)

const anyScenario = fc.record({
  diversity: fc.record(
    { lambda: between(0.1, 1), perCategory: fc.integer({ min: 1, max: 6 }) },
    { requiredKeys: ['lambda'] },
  ),
  exploration: fc.record({ share: fc.constantFrom(0, 0.3, 1) }),
  interests: fc.record({ most: fc.integer({ min: 1, max: 6 }), seats: fc.boolean() }),
  sources: fc.record({
    trending: fc.record({ weight: between(0, 3), atMost: between(0.2, 1) }),
    // Without it nothing is explored.
    fresh: fc.record({ weight: fc.constantFrom(0, 0.5) }),
  }),
})

const anyFilters = fc.record(
  {
    include: anyItems,
    exclude: anyItems,
    category: fc.uniqueArray(anyTopic, { minLength: 1, maxLength: 3 }),
    tags: fc.record({ any: fc.constant<string[]>(['odd']) }),
    attributes: fc.record({ price: fc.record({ max: fc.nat(14) }) }),
    seen: fc.constantFrom('off' as const, 'ever' as const, 'purchased' as const),
  },
  { requiredKeys: [] },
)
type Filters = typeof anyFilters extends fc.Arbitrary<infer T> ? T : never

const anyQuestion = fc.record({
  history: anyHistory,
  /** Without any: a stranger, by what they stated, or by what trends, or a first look. */
  stated: fc.boolean(),
  trending: fc.dictionary(anyItem, between(0.1, 9), { maxKeys: 5 }),
  scenario: anyScenario,
  filters: anyFilters,
  limit: fc.integer({ min: 1, max: 30 }),
  itemIds: fc.option(anyItems, { nil: undefined }),
})
type AnyQuestion = typeof anyQuestion extends fc.Arbitrary<infer T> ? T : never

async function pageOf({ history, stated, trending, scenario, filters, limit, itemIds }: AnyQuestion) {
  const { ask } = await smallScorer({
    catalog,
    users: history.length > 0 ? { ann: history } : {},
    profiles: stated ? { ann: { statedInterests: ['in words'] } } : {},
    embed: async (texts) => texts.map(() => Float32Array.of(0.6, 0.8, 0, 0)),
    trending,
    scenarios: { home: scenario },
  })
  return ask({ filters, limit, about: { itemIds } })
}

/** By the words of the filters alone, item by item. */
function mayBeShown(itemId: string, { filters, history, itemIds }: AnyQuestion): boolean {
  const item = catalog.itemOf(itemId)!
  const {
    include,
    exclude,
    category,
    tags,
    attributes,
    seen = itemIds === undefined ? 'ever' : 'off',
  } = filters as Filters
  const dealtWith = history.filter(([id]) => id === itemId).map(([, type]) => type)
  return (
    item.available &&
    (itemIds?.includes(itemId) ?? true) &&
    (include?.includes(itemId) ?? true) &&
    !exclude?.includes(itemId) &&
    (category?.includes(item.category) ?? true) &&
    (tags === undefined || item.tags.includes('odd')) &&
    (attributes === undefined || Number(item.attributes.price) <= attributes.price.max) &&
    (seen !== 'ever' || dealtWith.length === 0) &&
    (seen !== 'purchased' || !dealtWith.includes('purchase'))
  )
}

describe('a page, whoever asks for it and whatever the scenario', () => {
  it('leaks nothing through the filters, repeats nothing, and holds its limits', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, async (question) => {
        const answer = await pageOf(question)
        const ids = idsOf(answer)
        expect(ids.filter((itemId) => !mayBeShown(itemId, question))).toEqual([])
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids.length).toBeLessThanOrEqual(question.limit)
        const { perCategory = Number.POSITIVE_INFINITY } = question.scenario.diversity
        for (const topic of topics)
          expect(ids.filter((itemId) => topicOf(itemId) === topic).length).toBeLessThanOrEqual(perCategory)
      }),
      { numRuns: 200 },
    )
  })

  it('holds its limit by category where it explores, too', async () => {
    const asked = fc.record({
      perCategory: fc.integer({ min: 1, max: 4 }),
      share: between(0.1, 1),
      limit: fc.integer({ min: 1, max: 20 }),
      recommendationId: fc.string({ minLength: 1 }),
    })
    let explored = 0
    await fc.assert(
      fc.asyncProperty(asked, async ({ perCategory, share, ...question }) => {
        const sources = { fresh: { weight: 0 } }
        const home = { diversity: { perCategory }, exploration: { share }, sources }
        const users = { ann: clicks('space', 3) }
        const { items } = await (await smallScorer({ catalog, users, scenarios: { home } })).ask(question)
        explored += items.filter(({ exploration }) => exploration).length
        for (const topic of topics)
          expect(topicsOf({ items }).filter((each) => each === topic).length).toBeLessThanOrEqual(perCategory)
      }),
    )
    expect(explored).toBeGreaterThan(0)
  })

  it('accounts for each score, and gives each item a reason', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, async (question) => {
        for (const { score, reasons, explanation } of (await pageOf(question)).items) {
          expectSharesToSum({ score, shares: explanation!.shares as never })
          expect(reasons).toEqual([expect.stringMatching(/\S/)])
        }
      }),
      { numRuns: 100 },
    )
  })

  it('is the same whatever the order of the ids in the filters', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, fc.infiniteStream(fc.nat()), async (question, dice) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((each) => [each, dice.next().value as number] as const)
            .sort(([, a], [, b]) => a - b)
            .map(([each]) => each)
        const { include, exclude } = question.filters as Filters
        const filters = {
          ...question.filters,
          ...(include && { include: shuffled(include) }),
          ...(exclude && { exclude: shuffled(exclude) }),
        }
        const again = { ...question, filters }
        expect(idsOf(await pageOf(again))).toEqual(idsOf(await pageOf(question)))
      }),
      { numRuns: 100 },
    )
  })
})
