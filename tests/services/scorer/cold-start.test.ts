import { describe, expect, it } from 'vitest'
import { type History, smallScorer } from './small-scorer.ts'
import { axisOf, catalog, clicks, idsOf, topicsOf } from './topics.ts'

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

  it('goes by the first hundred of those whom somebody follows, whatever the others want', async () => {
    const strangers = (count: number) => Array.from({ length: count }, (_, n) => `stranger-${n}`)
    const basisOf = async (follows: string[]) => {
      const scorer = await smallScorer({ catalog, users, trending, profiles: { ann: { follows } } })
      return (await scorer.ask()).basis
    }
    expect(await basisOf([...strangers(99), 'bo'])).toBe('follows')
    expect(await basisOf([...strangers(100), 'bo'])).toBe('trending')
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

  it('of somebody whose likes and dislikes cancel out is a first look, as for a stranger', async () => {
    const undone: History = [
      ['space-1', 'like', 1],
      ['space-1', 'dislike', 1],
    ]
    const { ask } = await smallScorer({ catalog, users: { ann: undone } })
    const { basis, items } = await ask()
    expect([basis, items.length]).toEqual(['first-look', 10])
  })
})
