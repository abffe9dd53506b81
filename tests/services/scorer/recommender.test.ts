import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import type { Source } from '../../../services/scorer/source.ts'
import { expectSharesToSum } from '../../libs/ranking/candidates.ts'
import { smallCatalog } from './small-catalog.ts'
import { smallScorer } from './small-scorer.ts'
import { catalog, clicks, idsOf, topicsOf } from './topics.ts'

describe('a page for somebody with a history', () => {
  it('holds what they want and not what they have dealt with', async () => {
    const { ask } = await smallScorer({ catalog, users: { ann: clicks('space', 3) } })
    const answer = await ask()
    expect(answer).toMatchObject({ scenario: 'home', basis: 'interests' })
    expect(topicsOf(answer)).toEqual(Array(10).fill('space'))
    for (const seen of ['space-0', 'space-1', 'space-2', 'space-14'])
      expect(idsOf(answer)).not.toContain(seen)
  })

  it('is shared out among interests by mass', async () => {
    const ann = [...clicks('space', 7), ...clicks('jazz', 3)]
    const { ask } = await smallScorer({ catalog, users: { ann } })
    const shown = topicsOf(await ask())
    expect(shown.filter((topic) => topic === 'space')).toHaveLength(7)
    expect(shown.filter((topic) => topic === 'jazz')).toHaveLength(3)
  })

  it('goes to the strongest interest alone where the scenario shares nothing out', async () => {
    const ann = [...clicks('space', 7), ...clicks('jazz', 2)]
    const { ask } = await smallScorer({
      catalog,
      users: { ann },
      scenarios: { home: { interests: { seats: false } } },
    })
    expect(topicsOf(await ask({ limit: 5 }))).toEqual(Array(5).fill('space'))
  })

  it('says where every score comes from', async () => {
    const ann = [...clicks('space', 3), ...clicks('garden', 3, 30)]
    const boosts = [{ name: 'cheap', factor: 1.5, item: { attributes: { price: { max: 7 } } } }]
    const { ask } = await smallScorer({
      catalog,
      users: { ann },
      trending: { 'space-9': 5, 'jazz-1': 3 },
      scenarios: { home: { boosts, diversity: { lambda: 0.5 } } },
    })
    const { items } = await ask()
    expect(items.length).toBeGreaterThan(0)
    for (const { score, explanation } of items) {
      expectSharesToSum({ score, shares: explanation!.shares as never })
      const shares = explanation!.events.map(({ share }) => share)
      expect(shares).toEqual(shares.toSorted((a, b) => b - a))
      const own = explanation!.events.reduce(
        (sum, { share }) => sum + share,
        explanation!.olderInterest[0]!.share,
      )
      const whole = explanation!.shares.find((each) => 'source' in each && each.source === 'interests')!.share
      expect(own).toBeCloseTo(whole, 6)
    }
  })

  it('obeys the filters of scenario and request', async () => {
    const scenarios = { home: { filters: { attributes: { price: { min: 3 } } } } }
    const { ask } = await smallScorer({ catalog, users: { ann: clicks('space', 3) }, scenarios })
    const answer = await ask({ filters: { tags: { all: ['odd'] }, exclude: ['space-5'] }, limit: 20 })
    for (const itemId of idsOf(answer)) {
      expect(Number(itemId.split('-')[1]) % 2).toBe(1)
      expect(Number(itemId.split('-')[1])).toBeGreaterThanOrEqual(3)
    }
    expect(idsOf(answer)).not.toContain('space-5')
    expect(answer.items).toHaveLength(20)
    expect(topicsOf(answer).slice(0, 4)).toEqual(Array(4).fill('space'))
  })

  it('is the same for a history that is given with the request, and then nothing is read', async () => {
    const history = [...clicks('space', 4), ...clicks('jazz', 2, 200)]
    const { ask, stateAfter, trips } = await smallScorer({
      catalog,
      users: { ann: history },
      trending: { 'jazz-9': 3 },
    })
    const stored = await ask({ limit: 30 })
    trips.length = 0
    const given = await ask({ limit: 30, who: { kind: 'state', state: stateAfter(history) } })
    expect(given.items).toEqual(stored.items)
    expect(trips).toEqual([])
  })

  it('goes by the timescales of the settings where a scenario names none that exist', async () => {
    const pageWith = async (home: Record<string, unknown>) => {
      const { ask } = await smallScorer({ catalog, users: { ann: clicks('space', 3) }, scenarios: { home } })
      const { items } = await ask()
      return items.map(({ itemId, score }) => ({ itemId, score }))
    }
    const usual = await pageWith({})
    expect(usual.length).toBeGreaterThan(5)
    expect(await pageWith({ timescales: { week: 1 } })).toEqual(usual)
    expect(await pageWith({ timescales: { week: 1, session: 1 } })).not.toEqual(usual)
  })
})

describe('sources', () => {
  const users = { ann: clicks('space', 3) }
  const neighbors = (prefer: Source['prefer']): Source => ({ name: 'neighbors', prefer })

  it('that fail or are late are left out and named', async () => {
    const failing = await smallScorer({
      catalog,
      users,
      sources: [
        neighbors(() => {
          throw new Error('broken')
        }),
        { name: 'item-item', prefer: () => new Promise(() => {}) },
      ],
    })
    const answer = await failing.ask()
    expect(answer.degraded).toEqual([
      { source: 'neighbors', reason: 'failed' },
      { source: 'item-item', reason: 'late' },
    ])
    expect(failing.failures).toEqual(answer.degraded)
    expect(topicsOf(answer)).toEqual(Array(10).fill('space'))
  })

  it('tell the late one that nobody waits any more', async () => {
    let told = false
    const late = neighbors((_, signal) => {
      signal.addEventListener('abort', () => {
        told = true
      })
      return new Promise(() => {})
    })
    const { ask } = await smallScorer({ catalog, users, sources: [late] })
    await ask()
    expect(told).toBe(true)
  })

  it('that answer in time leave no timer behind', async () => {
    const slow = neighbors(async () => undefined)
    const { ask } = await smallScorer({ catalog, users, sources: [slow] })
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    await ask()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leave a page of what trends when it is the interests that fail', async () => {
    const broken: Source = { name: 'interests', prefer: () => Promise.reject(new Error('broken')) }
    const { ask } = await smallScorer({ catalog, users, trending: { 'jazz-3': 2 }, sources: [broken] })
    expect(await ask()).toMatchObject({ basis: 'trending', items: [{ itemId: 'jazz-3' }] })
  })

  it('get no more places than the scenario gives them, and no fewer', async () => {
    const jazz = sparsePreference(new Map([1, 2, 3, 4, 5, 6].map((n) => [`jazz-${n}`, 10 - n])), catalog.size)
    const setting = (more: object) => ({
      scenarios: { home: { sources: { neighbors: { weight: 1, ...more }, trending: null } } },
      sources: [neighbors(() => jazz)],
    })
    const most = await smallScorer({ catalog, users, ...setting({ weight: 50, atMost: 0.2 }) })
    expect(topicsOf(await most.ask()).filter((topic) => topic === 'jazz')).toHaveLength(2)
    const least = await smallScorer({ catalog, users, ...setting({ weight: 0, atLeast: 0.3, atMost: 1 }) })
    expect(topicsOf(await least.ask()).filter((topic) => topic === 'jazz')).toHaveLength(3)
  })
})

describe('a caller’s own list', () => {
  const users = { ann: clicks('space', 3) }
  const itemIds = ['jazz-1', 'space-1', 'space-9', 'nonsense', 'space-14']

  it('is ranked alone, seen or not, without what is unknown or not available', async () => {
    const { ask } = await smallScorer({ catalog, users })
    expect(idsOf(await ask({ about: { itemIds } }))).toEqual(
      expect.arrayContaining(['jazz-1', 'space-1', 'space-9']),
    )
    expect((await ask({ about: { itemIds } })).items).toHaveLength(3)
    expect(idsOf(await ask({ about: { itemIds }, filters: { seen: 'ever' } }))).not.toContain('space-1')
  })

  it('is one source among the others where the scenario says so', async () => {
    const scenarios = { home: { supplied: { only: false }, sources: { supplied: { weight: 5 } } } }
    const { ask } = await smallScorer({ catalog, users, scenarios })
    const answer = await ask({ about: { itemIds: ['jazz-1', 'jazz-2'] }, limit: 5 })
    expect(idsOf(answer).slice(0, 2)).toEqual(['jazz-1', 'jazz-2'])
    expect(topicsOf(answer).slice(2)).toEqual(['space', 'space', 'space'])
  })
})

describe('exploration', () => {
  it('is repeated by the recommendation’s id, and named place by place', async () => {
    const { ask } = await smallScorer({
      catalog,
      users: { ann: clicks('space', 3) },
      scenarios: { home: { exploration: { share: 0.3 } } },
    })
    const [one, again, other] = [await ask(), await ask(), await ask({ recommendationId: 'r2' })]
    expect(again).toEqual(one)
    expect(idsOf(other)).not.toEqual(idsOf(one))
    expect(one.items.filter(({ exploration }) => exploration)).toHaveLength(3)
  })
})

describe('a search', () => {
  it('blends the words with who asks, by the weight of the scenario', async () => {
    const embed = async () => [Float32Array.from([0, 0, 0.7, 0.7])]
    const asked = { scenario: 'search', about: { query: 'green music' }, limit: 14 }
    const setting = { catalog, users: { ann: clicks('jazz', 1) }, embed }
    const plain = await (await smallScorer(setting)).ask({ ...asked, who: { kind: 'nobody' } })
    expect(plain.basis).toBe('query')
    const coloured = await (
      await smallScorer({ ...setting, scenarios: { search: { sources: { interests: { weight: 2 } } } } })
    ).ask(asked)
    const jazz = (answer: typeof plain) => topicsOf(answer).filter((topic) => topic === 'jazz').length
    expect(jazz(coloured)).toBeGreaterThan(jazz(plain))
  })

  it.each([[[1, 0, 0, 0]], [[0.6, 0.8, 0, 0]]])(
    'finds the only item of a catalog, at %j, by nothing but its being there',
    async (vector) => {
      const only = await smallCatalog([{ itemId: 'only', title: 'Only', vector }])
      const { ask } = await smallScorer({
        catalog: only,
        users: { ann: [['only', 'click', 1]] },
        embed: async (texts) => texts.map(() => Float32Array.of(0, 1, 0, 0)),
      })
      const found = await ask({ scenario: 'search', who: { kind: 'nobody' }, about: { query: 'words' } })
      expect([found.items, found.basis]).toMatchObject([[{ itemId: 'only', score: 0 }], 'query'])
      expect((await ask({ filters: { seen: 'off' } })).items).toMatchObject([{ itemId: 'only', score: 0 }])
    },
  )
})

describe('a page about an item', () => {
  it('holds what is like it, but not itself, and a little of what the viewer wants', async () => {
    const asked = { scenario: 'item-page', about: { itemId: 'garden-3' }, limit: 13 }
    const { ask } = await smallScorer({ catalog, users: { ann: clicks('space', 3) } })
    for (const who of [{ kind: 'nobody' }, { kind: 'user', userId: 'ann' }] as const) {
      const answer = await ask({ ...asked, who })
      expect(answer.basis).toBe('similar')
      expect(topicsOf(answer)).toEqual(Array(13).fill('garden'))
      expect(idsOf(answer)).not.toContain('garden-3')
    }
    await expect(ask({ ...asked, about: { itemId: 'nonsense' } })).rejects.toMatchObject({
      code: 'HL_ITEM_UNKNOWN',
    })
  })
})
