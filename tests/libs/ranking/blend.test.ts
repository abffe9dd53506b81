import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blend, blendedShares, type Voice } from '../../../libs/ranking/blend.ts'
import { inOrder } from '../../../libs/ranking/candidate.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { between, expectSharesToSum, idsOf } from './candidates.ts'

const items = Array.from({ length: 12 }, (_, n) => `item-${n}`)
const anyScores = fc
  .array(fc.integer({ min: -500, max: 500 }), { minLength: items.length, maxLength: items.length })
  .map((scores) => new Map(items.map((itemId, n) => [itemId, scores[n]! / 100])))
  .filter((scores) => sparsePreference(scores, items.length) !== undefined)
const anyWeight = between(0, 3)

function voice(source: Voice['source'], weight: number, scores: Map<string, number>): Voice {
  const preference = sparsePreference(scores, items.length)!
  return { source, weight, preference, proposed: preference.best(4, () => true) }
}

/** The same voice with its preference in another unit: all its figures times `unit`, and moved by `shift`. */
function inOtherUnits({ preference, proposed, ...rest }: Voice, unit: number, shift: number): Voice {
  const converted = {
    ...preference,
    mean: preference.mean * unit + shift,
    deviation: preference.deviation * unit,
    scoreOf: (itemId: string) => preference.scoreOf(itemId) * unit + shift,
  }
  const again = proposed.map(({ itemId, score }) => ({ itemId, score: score * unit + shift }))
  return { ...rest, preference: converted, proposed: again }
}

describe('a blend', () => {
  it('gives shares that sum to the score', () => {
    fc.assert(
      fc.property(anyScores, anyScores, anyWeight, anyWeight, (a, b, x, y) => {
        const voices = [voice('interests', x, a), voice('trending', y, b)]
        for (const { itemId, score } of blend(voices, items))
          expectSharesToSum({ score, shares: blendedShares(voices, itemId) })
      }),
    )
  })

  it('does not care in which unit a source measures, nor where its zero is', () => {
    const anyUnit = between(0.1, 100)
    fc.assert(
      fc.property(anyScores, anyScores, anyUnit, fc.integer({ min: -50, max: 50 }), (a, b, unit, shift) => {
        const [one, other] = [voice('interests', 1, a), voice('trending', 0.5, b)]
        const converted = inOtherUnits(other, unit, shift)
        const [as, bs] = [blend([one, other], items), blend([one, converted], items)]
        for (const [n, { score }] of as.entries()) expect(bs[n]!.score).toBeCloseTo(score, 6)
      }),
    )
  })

  it('is the same in whatever order sources and items come', () => {
    fc.assert(
      fc.property(anyScores, anyScores, fc.shuffledSubarray(items, { minLength: 12 }), (a, b, shuffled) => {
        const [one, other] = [voice('interests', 1, a), voice('trending', 0.5, b)]
        const there = inOrder(blend([one, other], items)).map(({ score }) => score)
        const back = inOrder(blend([other, one], shuffled)).map(({ score }) => score)
        for (const [n, score] of there.entries()) expect(back[n]).toBeCloseTo(score, 9)
      }),
    )
  })

  it('is the order of a source that speaks alone', () => {
    fc.assert(
      fc.property(anyScores, (scores) => {
        const alone = voice('interests', 2, scores)
        const byScore = sparsePreference(scores, items.length)!.best(12, () => true)
        expect(inOrder(blend([alone], items)).map(({ score }) => score)).toEqual(
          blend([alone], idsOf(byScore)).map(({ score }) => score),
        )
      }),
    )
  })

  it('names the source that an item owes most, and of its proposers the one', () => {
    const liked = voice(
      'interests',
      1,
      new Map([
        ['item-0', 5],
        ['item-1', 1],
      ]),
    )
    const trends = {
      ...voice(
        'trending',
        0.1,
        new Map([
          ['item-0', 1],
          ['item-2', 1],
        ]),
      ),
    }
    const [first, second, third] = blend([liked, trends], items)
    expect([first!.leading, first!.origin]).toEqual(['interests', 'interests'])
    expect([second!.leading, second!.origin]).toEqual(['interests', 'interests'])
    expect([third!.leading, third!.origin]).toEqual(['trending', 'trending'])
  })

  it('owes an item to that of its proposers which adds most, in whatever order they come', () => {
    const scores = new Map([
      ['item-0', 1],
      ['item-1', 3],
    ])
    const [quiet, loud] = [voice('fresh', 0.2, scores), voice('interests', 1, scores)]
    for (const voices of [
      [quiet, loud],
      [loud, quiet],
    ])
      expect(blend(voices, ['item-1'])[0]!.origin).toBe('interests')
  })

  it('lets a source of weight 0 propose without a say', () => {
    const loud = voice('interests', 1, new Map([['item-3', 1]]))
    const silent = voice('fresh', 0, new Map([['item-4', 9]]))
    const [mute] = blend([loud, silent], ['item-4'])
    expect(mute!.score).toBe(blend([loud], ['item-4'])[0]!.score)
    expect(mute!.origin).toBe('fresh')
  })
})
