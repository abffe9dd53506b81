import { describe, expect, it } from 'vitest'
import { fateOf } from '../../../services/scorer/fate-of.ts'
import { expectSharesToSum } from '../../libs/ranking/candidates.ts'
import { smallScorer } from './small-scorer.ts'
import { catalog, clicks } from './topics.ts'

describe('the fate of an item', () => {
  async function fate(itemId: string, scenarios: Record<string, unknown> = {}, filters = {}) {
    const { rank, titleOf } = await smallScorer({ catalog, users: { ann: clicks('space', 3) }, scenarios })
    return fateOf(itemId, await rank({ filters, limit: 5 }, itemId), titleOf, 'en')
  }

  it('is a place on the page', async () => {
    const { ask } = await smallScorer({ catalog, users: { ann: clicks('space', 3) } })
    const { items } = await ask({ limit: 5 })
    const [, , third] = items
    expect(await fate(third!.itemId)).toMatchObject({
      shown: true,
      place: 3,
      score: third!.score,
      proposedBy: ['interests'],
    })
  })

  it('or the filter that kept it out', async () => {
    expect(await fate('space-1')).toMatchObject({
      shown: false,
      removedBy: { stage: 'filters', rule: 'seen' },
    })
    expect(await fate('space-14')).toMatchObject({ removedBy: { stage: 'filters', rule: 'available' } })
    expect(await fate('space-5', {}, { category: 'jazz' })).toMatchObject({
      removedBy: { stage: 'filters', rule: 'category' },
    })
  })

  it('or the rank at which it ended, with its score in full', async () => {
    const last = await fate('jazz-3', { home: { sources: { interests: { limit: 10 } } } })
    expect(last).toMatchObject({ shown: false, removedBy: { stage: 'sources' }, proposedBy: [] })
    expectSharesToSum({ score: last.score, shares: last.explanation.shares as never })
    const spokenFor = last.explanation.shares.some(({ share }) => share > 0)
    expect([spokenFor, last.reasons]).toEqual([false, []])
    const beyond = await fate('garden-3')
    expect(beyond.removedBy!.stage).toBe('ranking')
    expect(beyond.rank).toBeGreaterThan(5)
  })

  it('or the stage that gave its place to another', async () => {
    const { ask } = await smallScorer({ catalog, users: { ann: clicks('space', 3) } })
    const fourth = (await ask({ limit: 5 })).items[3]!.itemId
    expect(await fate(fourth, { home: { diversity: { perCategory: 2 } } })).toMatchObject({
      shown: false,
      removedBy: { stage: 'diversity' },
    })
  })

  it.each([
    ['somebody known', 'ann', { interests: { limit: 5 }, 'item-item': { limit: 5 } }],
    ['a stranger', 'zoe', {}],
  ])('tells of each item the page that there is without asking about it: %s', async (_, userId, sources) => {
    const { rank, ask, titleOf } = await smallScorer({
      catalog,
      users: { ann: clicks('space', 3) },
      scenarios: { home: { sources } },
    })
    const question = { who: { kind: 'user', userId }, limit: 5 } as const
    const page = (await ask(question)).items.map(({ itemId }) => itemId)
    const told = new Map<string, number | undefined>()
    for (const { itemId } of catalog.items()) {
      const { shown, place, removedBy } = fateOf(itemId, await rank(question, itemId), titleOf, 'en')
      expect(shown).toBe(removedBy === undefined)
      if (shown) told.set(itemId, place)
    }
    expect(told).toEqual(new Map(page.map((itemId, n) => [itemId, n + 1])))
  })

  it('or exploration, where it took the place; what diversity removed it names as before', async () => {
    const diverse = { diversity: { perCategory: 2 }, sources: { fresh: { weight: 0 } } }
    const rare = { home: { ...diverse, exploration: { share: 0.2 } } }
    const { rank, titleOf } = await smallScorer({
      catalog,
      users: { ann: clicks('space', 3) },
      scenarios: rare,
    })
    const plain = await smallScorer({
      catalog,
      users: { ann: clicks('space', 3) },
      scenarios: { home: diverse },
    })
    const composed = (await plain.ask({ limit: 5 })).items.map(({ itemId }) => itemId)
    const stages = new Map<string, string[]>()
    for (const { itemId } of catalog.items()) {
      const { removedBy } = fateOf(itemId, await rank({ limit: 5 }, itemId), titleOf, 'en')
      const before = fateOf(itemId, await plain.rank({ limit: 5 }, itemId), titleOf, 'en').removedBy
      if (removedBy?.stage !== before?.stage)
        stages.set(itemId, [before?.stage ?? 'shown', removedBy?.stage ?? 'shown'])
    }
    const displaced = [...stages].filter(([, [, now]]) => now === 'exploration').map(([itemId]) => itemId)
    expect(displaced).toHaveLength(1)
    expect(composed).toContain(displaced[0])
    expect([...stages.values()].filter(([, now]) => now !== 'exploration')).toEqual([['ranking', 'shown']])
  })
})
