import { describe, expect, it } from 'vitest'
import { itemHash } from '../../../libs/interest/seen-items.ts'
import { NOW, smallScorer } from './small-scorer.ts'
import { catalog, clicks, idsOf } from './topics.ts'

describe('what is fresh', () => {
  it('is no longer what was shown often, though nobody touched it', async () => {
    const scenarios = { home: { sources: { interests: null, fresh: { weight: 1 } } } }
    const fresh = async (impressions: Record<string, number>) => {
      const { rank } = await smallScorer({
        catalog,
        scenarios,
        users: { ann: clicks('space', 1) },
        impressions,
      })
      const { inquiry } = await rank({})
      return inquiry.voices.find(({ source }) => source === 'fresh')!.proposed.map(({ itemId }) => itemId)
    }
    const before = await fresh({ 'jazz-1': 100 })
    expect(before).toContain('jazz-1')
    const after = await fresh({ 'jazz-1': 101 })
    expect(after).not.toContain('jazz-1')
    expect(after.slice(0, 40)).toEqual(before.filter((itemId) => itemId !== 'jazz-1').slice(0, 40))
  })
})

describe('what was shown and ignored', () => {
  it('is left out where the scenario says so, and asked of the store only there', async () => {
    const page = { recommendationId: 'r0', scenario: 'home', variant: '', shownAtMs: NOW - 1 }
    const shown = {
      ann: [{ ...page, items: [{ itemHash: itemHash('space-5'), source: 'interests' }] }],
    }
    const shownIds = async (home: object) => {
      const scorer = await smallScorer({
        catalog,
        users: { ann: clicks('space', 1) },
        shown,
        scenarios: { home },
      })
      return { ids: idsOf(await scorer.ask({ limit: 10 })), trips: scorer.trips }
    }
    const plain = await shownIds({})
    expect(plain.ids).toContain('space-5')
    expect(plain.trips).toEqual(['users ann'])
    const { ids, trips } = await shownIds({ filters: { ignored: { times: 1 } } })
    expect(ids).not.toContain('space-5')
    expect(trips).toEqual(['users ann', 'shown ann'])
  })

  it('is left out under whichever id of the person it was shown', async () => {
    const page = { recommendationId: 'r0', scenario: 'home', variant: '', shownAtMs: NOW - 1 }
    const items = [{ itemHash: itemHash('space-5'), source: 'interests' }]
    const setting = {
      catalog,
      users: { ann: clicks('space', 1), cookie: clicks('space', 2) },
      aliases: { ann: ['cookie'] },
      shown: { cookie: [{ ...page, items }], ann: [{ ...page, recommendationId: 'r1', items }] },
      scenarios: { home: { filters: { ignored: { times: 2 } } } },
    }
    for (const userId of ['ann', 'cookie']) {
      const scorer = await smallScorer(setting)
      const ids = idsOf(await scorer.ask({ limit: 10, who: { kind: 'user', userId } }))
      expect(ids).toContain('space-6')
      expect(ids).not.toContain('space-5')
    }
  })
})
