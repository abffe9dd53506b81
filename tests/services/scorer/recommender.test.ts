import { describe, expect, it } from 'vitest'
import { itemHash } from '../../../libs/interest/seen-items.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { languageOf } from '../../../services/scorer/put-into-words.ts'
import type { Source } from '../../../services/scorer/source.ts'
import { expectSharesToSum } from '../../libs/ranking/candidates.ts'
import { smallCatalog } from './small-catalog.ts'
import { type History, NOW, smallScorer } from './small-scorer.ts'
import { axisOf, catalog, clicks, idsOf, topicsOf } from './topics.ts'

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
    for (const { score, explanation } of (await ask()).items) {
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
})

describe('a cold start', () => {
  const users = { bo: clicks('jazz', 3), cy: clicks('jazz', 2) }
  const embed = async (texts: readonly string[]) => texts.map((text) => axisOf(text))
  const trending = { 'kitchen-3': 9, 'space-2': 4 }

  it.each([
    [
      'own events before all',
      { statedInterests: ['garden'], follows: ['bo'] },
      { ann: clicks('space', 2) },
      'interests',
      'space',
    ],
    [
      'what was stated before whom they follow',
      { statedInterests: ['garden'], follows: ['bo'] },
      {},
      'stated-interests',
      'garden',
    ],
    [
      'whom they follow before their segment',
      { follows: ['bo', 'cy', 'nobody'], attributes: { country: 'DE' } },
      {},
      'follows',
      'jazz',
    ],
    ['their segment before what trends', { attributes: { country: 'DE' } }, {}, 'segment', 'kitchen'],
  ])('goes by %s', async (_, ann, own, basis, topic) => {
    const { stateAfter } = await smallScorer({ catalog })
    const scorer = await smallScorer({
      catalog,
      users: { ...users, ...own },
      profiles: { ann },
      trending,
      embed,
      segmentInterest: ({ country }) =>
        country === 'DE' ? stateAfter(clicks('kitchen', 3)).interest : undefined,
    })
    const answer = await scorer.ask({ limit: 5 })
    expect(answer.basis).toBe(basis)
    expect(topicsOf(answer)).toEqual(Array(5).fill(topic))
    expect(scorer.trips.length).toBeLessThanOrEqual(2)
  })

  it('tells nobody what the people they follow did', async () => {
    const { ask } = await smallScorer({ catalog, users, profiles: { ann: { follows: ['bo'] } } })
    const [first] = (await ask()).items
    expect(first!.reasons).toEqual(['Close to what people you follow are interested in'])
    expect(first!.explanation!.events).toEqual([])
  })

  it('gives what trends as many places as it can fill, whatever it gets from the others’ pages', async () => {
    const many = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`jazz-${n}`, 10 - n]))
    const { ask } = await smallScorer({ catalog, trending: many })
    expect(idsOf(await ask({ limit: 5 }))).toEqual(['jazz-1', 'jazz-2', 'jazz-3', 'jazz-4', 'jazz-5'])
  })

  it('goes by what trends, then by one of everything', async () => {
    const { ask } = await smallScorer({ catalog, trending })
    const answer = await ask({ limit: 6 })
    expect(answer.basis).toBe('trending')
    expect(idsOf(answer).slice(0, 2)).toEqual(['kitchen-3', 'space-2'])
    expect(topicsOf(answer).slice(2)).toEqual(['garden', 'jazz', 'kitchen', 'space'])
    const stranger = await (await smallScorer({ catalog })).ask({ limit: 4 })
    expect(stranger.basis).toBe('first-look')
    expect(topicsOf(stranger)).toEqual(['garden', 'jazz', 'kitchen', 'space'])
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

  it('of somebody whose likes and dislikes cancel out is a first look, as for a stranger', async () => {
    const undone: History = [
      ['space-1', 'like', 1],
      ['space-1', 'dislike', 1],
    ]
    const { ask } = await smallScorer({ catalog, users: { ann: undone } })
    const { basis, items } = await ask()
    expect([basis, items.length]).toEqual(['first-look', 10])
  })

  it.each([
    [undefined, 'en'],
    ['fr', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['fr, EN-gb;q=0.8, zh;q=0.7', 'en'],
    ['en;q=0.1, zh; q=0.9', 'zh'],
    ['zh;q=0', 'en'],
  ] as const)('speaks to those who accept %j in %s', (accepted, language) => {
    expect(languageOf(accepted)).toBe(language)
  })
})
