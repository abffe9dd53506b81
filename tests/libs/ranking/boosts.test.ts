import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Boost, boost, boostSchema } from '../../../libs/ranking/boosts.ts'
import { smallCatalog } from '../../services/scorer/small-catalog.ts'
import { anyCandidates, between, expectSharesToSum, idsOf } from './candidates.ts'

const catalog = await smallCatalog(
  Array.from({ length: 61 }, (_, n) => ({
    itemId: `item-${n}`,
    category: n % 2 === 0 ? 'even' : 'odd',
    attributes: { country: n % 3 === 0 ? 'DE' : 'US' },
  })),
)
const circumstances = { user: { country: 'DE', plan: 'gold' }, context: { device: 'phone' } }
const anyFactor = between(0.01, 100)
const even = (factor: number): Boost => ({ name: 'even', factor, item: { category: 'even' } })

describe('boosts', () => {
  it('keep shares summing to the score', () => {
    fc.assert(
      fc.property(anyCandidates, anyFactor, anyFactor, (candidates, a, b) => {
        const rules = [
          even(a),
          { name: 'near', factor: b, item: { attributes: { country: { sameAsUser: 'country' } } } },
        ]
        for (const [n, { score, stageShares }] of boost(
          candidates,
          rules,
          catalog.itemOf,
          circumstances,
        ).entries()) {
          const before = { share: candidates[n]!.score }
          expectSharesToSum({ score, shares: [before, ...stageShares] })
        }
      }),
    )
  })

  it('never lower by a factor above 1, never lift by one below, and leave what they do not apply to', () => {
    fc.assert(
      fc.property(anyCandidates, anyFactor, (candidates, factor) => {
        const after = boost(candidates, [even(factor)], catalog.itemOf, circumstances)
        for (const [n, { itemId, score }] of candidates.entries()) {
          if (Number(itemId.split('-')[1]) % 2 === 1) expect(after[n]).toBe(candidates[n])
          else if (factor >= 1) expect(after[n]!.score).toBeGreaterThanOrEqual(score)
          else expect(after[n]!.score).toBeLessThanOrEqual(score)
        }
      }),
    )
  })

  it('do not change the order among what they apply to, nor depend on the order of the rules', () => {
    fc.assert(
      fc.property(anyCandidates, anyFactor, anyFactor, (candidates, a, b) => {
        const all = (factor: number): Boost => ({ name: `${factor}`, factor })
        const one = boost(candidates, [all(a), all(b)], catalog.itemOf, circumstances)
        const other = boost(candidates, [all(b), all(a)], catalog.itemOf, circumstances)
        expect(idsOf(one)).toEqual(idsOf(candidates))
        for (let n = 1; n < one.length; n++)
          expect(one[n]!.score).toBeLessThanOrEqual(one[n - 1]!.score + 1e-12)
        for (const [n, { score }] of one.entries()) expect(other[n]!.score).toBeCloseTo(score, 6)
      }),
    )
  })

  it.each([
    ['for a user that fits', { user: { plan: { equals: 'gold' } } }, true],
    ['for no other user', { user: { plan: { equals: 'none' } } }, false],
    ['in a context that fits', { context: { device: { in: ['phone', 'tablet'] } } }, true],
    ['in no other context', { context: { device: { equals: 'desk' } } }, false],
    ['for no attribute that is absent', { context: { weather: { equals: 'rain' } } }, false],
    [
      'for none that only every object has',
      { user: { constructor: { sameAsContext: 'constructor' } } },
      false,
    ],
  ])('apply %s', (_, condition, applies) => {
    const [first] = boost(
      [{ itemId: 'item-1', score: 2, stageShares: [], origin: undefined, leading: undefined }],
      [{ name: 'rule', factor: 3, ...condition }],
      catalog.itemOf,
      circumstances,
    )
    expect(first!.score).toBe(applies ? 6 : 2)
  })

  it.each([
    [{ name: 'x', factor: 0 }],
    [{ name: 'x', factor: -1 }],
    [{ factor: 2 }],
    [{ name: 'x', factor: 2, when: {} }],
  ])('refuse to be written as %j', (wrong) => {
    expect(boostSchema.safeParse(wrong).success).toBe(false)
  })
})
