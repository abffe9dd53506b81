import { describe, expect, it } from 'vitest'
import type { RankedAnswer } from '../../../services/scorer/answer-schema.ts'
import { expectSharesToSum } from '../../libs/ranking/candidates.ts'
import { type History, smallScorer } from './small-scorer.ts'
import { catalog, clicks, idsOf, topicsOf } from './topics.ts'

/** A scenario that hears one source alone. */
const only = (source: string) => ({
  alone: {
    sources: Object.fromEntries([...silenced, [source, { weight: 1, atMost: 1 }]]),
    diversity: { lambda: 1 },
  },
})
const silenced = ['interests', 'item-item', 'neighbors', 'trending', 'supplied'].map((name) => [name, null])

function expectExplained({ items }: RankedAnswer, source: string) {
  expect(items.length).toBeGreaterThan(0)
  for (const { score, explanation } of items) {
    expectSharesToSum({ score, shares: explanation!.shares as never })
    expect(explanation!.shares).toContainEqual({ source, share: expect.any(Number) })
  }
}

/** Both items in one session, `hoursAgo`. */
const pair = (one: string, other: string, hoursAgo = 2): History => [
  [one, 'click', hoursAgo],
  [other, 'click', hoursAgo - 0.1],
]

describe('what goes together', () => {
  const users = {
    ann: [['space-0', 'like', 1]] as History,
    bo: pair('space-0', 'jazz-1'),
    cy: pair('space-0', 'jazz-1'),
    di: pair('space-0', 'garden-2'),
    ed: pair('kitchen-3', 'garden-4'),
  }
  const active = Object.keys(users)
  const ask = async (question = {}) => {
    const scorer = await smallScorer({ catalog, users, active, scenarios: only('item-item') })
    return { trips: scorer.trips, answer: await scorer.ask({ scenario: 'alone', limit: 5, ...question }) }
  }

  it('with what somebody chose is on their page, the oftener the higher, with one read', async () => {
    const { answer, trips } = await ask()
    expect(idsOf(answer)).toEqual(['jazz-1', 'garden-2'])
    expect(answer.items[0]!.reasons![0]).toMatch(/^Because you liked “space-0” 1 hour ago/)
    expectExplained(answer, 'item-item')
    expect(trips).toEqual(['users ann'])
  })

  it('is explained by events whose shares are all of it', async () => {
    const { answer } = await ask()
    const { shares, events, olderInterest } = answer.items[0]!.explanation!
    const whole = shares.find((each) => 'source' in each && each.source === 'item-item')!.share
    expect(events).toMatchObject([{ itemId: 'space-0', source: 'item-item' }])
    expect(events[0]!.share).toBeCloseTo(whole, 9)
    expect(olderInterest[0]!.share).toBeCloseTo(0, 9)
  })

  it('with the item of an item page is beside it, whoever looks', async () => {
    const about = { itemId: 'kitchen-3' }
    expect(idsOf((await ask({ about })).answer)[0]).toBe('garden-4')
    expect(idsOf((await ask({ about, who: { kind: 'nobody' } })).answer)[0]).toBe('garden-4')
  })

  it('obeys filters, and proposes nothing that is not in the catalog', async () => {
    const gone = { ...users, fi: pair('space-0', 'sold-out') }
    const scorer = await smallScorer({
      ...{ catalog, scenarios: only('item-item') },
      users: gone,
      active: Object.keys(gone),
    })
    expect(idsOf(await scorer.ask({ scenario: 'alone' }))).toEqual(['jazz-1', 'garden-2'])
    const filters = { exclude: ['jazz-1'] }
    expect(idsOf(await scorer.ask({ scenario: 'alone', filters }))).toEqual(['garden-2'])
  })
})

describe('neighbours', () => {
  const users = {
    ann: clicks('space', 3),
    bo: [...clicks('space', 5), ['space-9', 'purchase', 1]] as History,
    cy: [['jazz-1', 'purchase', 1]] as History,
    di: [...clicks('space', 2), ['space-7', 'click', 1]] as History,
  }
  const active = ['ann', 'bo', 'cy', 'di']
  const scorerOf = (scenarios: Record<string, unknown> = only('neighbors')) =>
    smallScorer({ catalog, users, active, scenarios })

  it('bring what they want, and nobody else’s taste does, with one read', async () => {
    const { ask, trips } = await scorerOf()
    const answer = await ask({ scenario: 'alone' })
    expect(idsOf(answer)[0]).toBe('space-9')
    expect(new Set(idsOf(answer))).toEqual(new Set(['space-9', 'space-7', 'space-3', 'space-4']))
    expect(trips).toEqual(['users ann'])
    expectExplained(answer, 'neighbors')
  })

  it('are not told of event by event', async () => {
    const { items } = await (await scorerOf()).ask({ scenario: 'alone' })
    expect(items.length).toBeGreaterThan(0)
    for (const { reasons, explanation } of items) {
      expect(reasons).toEqual(['People with a taste like yours want this'])
      expect(explanation!.events).toEqual([])
    }
  })

  it('say the same to a device that keeps the same history to itself', async () => {
    const { ask, stateAfter } = await scorerOf({})
    const stored = await ask({ limit: 20 })
    const given = await ask({ limit: 20, who: { kind: 'state', state: stateAfter(users.ann) } })
    expect(given.items).toEqual(stored.items)
  })

  it('have as many places as the scenario gives them at most', async () => {
    const placesAt = async (atMost: number) => {
      const { rank } = await scorerOf({ home: { sources: { neighbors: { weight: 90, atMost } } } })
      const { draft } = await rank({ limit: 5 })
      return draft.page.filter(({ candidate }) => candidate.origin === 'neighbors').length
    }
    expect([await placesAt(1), await placesAt(0.4), await placesAt(0)]).toEqual([4, 2, 0])
  })

  it('are silent for somebody of whom nothing is known, and where nobody is active', async () => {
    const quiet = await smallScorer({ catalog, users, scenarios: only('neighbors') })
    expect((await quiet.ask({ scenario: 'alone' })).items).toEqual([])
    const { ask } = await scorerOf()
    const stranger = await ask({ scenario: 'alone', who: { kind: 'user', userId: 'zoe' } })
    expect(stranger.basis).toBe('first-look')
  })
})

describe('segments', () => {
  const users = { bo: clicks('jazz', 3), cy: clicks('jazz', 2), di: clicks('kitchen', 5) }
  const profiles = {
    ann: { attributes: { country: 'DE' } },
    zoe: { attributes: { country: 'FR', ageBand: '25-34' } },
    eve: { attributes: { country: 'JP', mood: 'fine' } },
    bo: { attributes: { country: 'DE' } },
    cy: { attributes: { country: 'DE', ageBand: '25-34' } },
    di: { attributes: { country: 'FR', mood: 'fine' } },
  }
  const scorerOf = () => smallScorer({ catalog, users, profiles, active: ['bo', 'cy', 'di'] })
  const asked = async (userId: string) => {
    const { ask, trips } = await scorerOf()
    const answer = await ask({ who: { kind: 'user', userId }, limit: 5 })
    expect(trips).toEqual([`users ${userId}`])
    return answer
  }

  it('give somebody new what others with the same attribute want', async () => {
    const answer = await asked('ann')
    expect(answer.basis).toBe('segment')
    expect(topicsOf(answer)).toEqual(Array(5).fill('jazz'))
    expect(answer.items[0]!.reasons).toEqual(['Close to what people like you are interested in'])
    expect(answer.items[0]!.explanation!.events).toEqual([])
  })

  it('are added up where somebody belongs to several', async () => {
    const { rank } = await scorerOf()
    const { inquiry } = await rank({ who: { kind: 'user', userId: 'zoe' } })
    const [jazz, kitchen] = [3, 1].map((axis) => inquiry.viewer.taste!.queries.get('text')![axis]!)
    expect(jazz).toBeGreaterThan(0.1)
    expect(kitchen).toBeGreaterThan(jazz!)
  })

  it('are those of the named attributes only, and nobody’s where nobody is', async () => {
    expect((await asked('eve')).basis).not.toBe('segment')
  })
})

describe('what trends by context', () => {
  const trending = { 'space-1': 900, 'space-2': 800, 'jazz-1': 5, 'garden-1': 1 }
  const contexts = {
    'country=DE': { 'jazz-1': 4, 'garden-1': 1 },
    'device=phone': { 'garden-1': 3, 'gone-1': 99 },
  }
  const page = async (context: Record<string, string>, question = {}) => {
    const { ask } = await smallScorer({ catalog, trending, contexts })
    return ask({ scenario: 'trending', who: { kind: 'nobody' }, limit: 3, context, ...question })
  }

  it.each([
    ['where the request comes from, then everywhere', { country: 'DE' }, ['jazz-1', 'garden-1', 'space-1']],
    [
      'the first attribute that is counted',
      { device: 'phone', country: 'DE' },
      ['jazz-1', 'garden-1', 'space-1'],
    ],
    ['another when the first is not', { country: 'FR', device: 'phone' }, ['garden-1', 'space-1', 'space-2']],
    ['everywhere when none is', { country: 'FR', mood: 'fine' }, ['space-1', 'space-2', 'jazz-1']],
  ])('is %s', async (_, context, expected) => {
    const answer = await page(context)
    expect(idsOf(answer)).toEqual(expected)
    expectExplained(answer, 'trending')
  })

  it('is narrowed to a category by the filter', async () => {
    expect(idsOf(await page({}, { filters: { category: 'jazz' } }))).toEqual(['jazz-1'])
    expect(idsOf(await page({ country: 'DE' }, { filters: { category: 'garden' } }))).toEqual(['garden-1'])
  })
})
