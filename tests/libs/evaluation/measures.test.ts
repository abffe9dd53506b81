import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accuracyMeasures, accuracyOf } from '../../../libs/evaluation/accuracy.ts'
import { type Interval, meanIntervals } from '../../../libs/evaluation/bootstrap.ts'
import { chanceOf } from '../../../libs/evaluation/chance.ts'
import { exposureOf, newestTenth } from '../../../libs/evaluation/exposure.ts'
import { gapsOf, groupingsOf, measuresByGroup } from '../../../libs/evaluation/user-groups.ts'
import { randomFrom } from '../../../libs/learning/random.ts'
import { askedCase, datasetOf } from './sample-history.ts'

function measured(ranks: number[]): Record<string, number> {
  const values = accuracyOf(Int32Array.from(ranks))
  return Object.fromEntries(accuracyMeasures.map((name, m) => [name, values[m]!]))
}

describe('measures of accuracy', () => {
  it('are those computed by hand for targets at places 2, 4 and 12', () => {
    const { 'hr@5': hr, 'recall@5': recall, 'precision@5': precision, ...rest } = measured([1, 3, 11])
    expect([hr, recall, precision]).toEqual([1, 2 / 3, 2 / 5])
    const ideal = 1 + 1 / Math.log2(3) + 1 / Math.log2(4)
    expect(rest['ndcg@5']).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(5)) / ideal, 12)
    expect(rest['mrr@5']).toBe(1 / 2)
    expect(rest['map@5']).toBeCloseTo((1 / 2 + 2 / 4) / 3, 12)
    expect(rest['recall@20']).toBe(1)
    expect(rest['map@20']).toBeCloseTo((1 / 2 + 2 / 4 + 3 / 12) / 3, 12)
  })

  it('lie between 0 and 1, grow with the cutoff where they must, and are 1 for a perfect list', () => {
    const ranks = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(ranks, (places) => {
        const values = measured(places.sort((a, b) => a - b))
        for (const value of Object.values(values)) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1 + 1e-12)
        }
        for (const name of ['hr', 'recall', 'mrr']) {
          expect(values[`${name}@20`]).toBeGreaterThanOrEqual(values[`${name}@5`]!)
        }
      }),
    )
    const perfect = measured([0, 1, 2, 3, 4])
    for (const name of ['hr', 'recall', 'precision', 'ndcg', 'mrr', 'map'])
      expect(perfect[`${name}@5`]).toBeCloseTo(1)
  })
})

describe('chance', () => {
  it('is what orders drawn by lot come to', () => {
    const cases = [askedCase({ items: [0, 1], targets: [2, 3, 1] }), askedCase({ items: [4], targets: [5] })]
    const random = randomFrom(4)
    const drawn = { hr: 0, ndcg: 0 }
    const rounds = 20_000
    for (let r = 0; r < rounds; r++) {
      const asked = cases[r % 2]!
      const open = Array.from({ length: 30 }, (_, item) => item).filter((item) => !asked.items.includes(item))
      const order = open.map((item) => ({ item, draw: random() })).sort((a, b) => a.draw - b.draw)
      const ranks = asked.targets.map((target) => order.findIndex(({ item }) => item === target))
      const values = measured([...ranks].map((at) => (at === -1 ? 30 : at)).sort((a, b) => a - b))
      drawn.hr += values['hr@5']! / rounds
      drawn.ndcg += values['ndcg@5']! / rounds
    }
    const chance = chanceOf(cases, 30, true)
    expect(Math.abs(chance['hr@5']! - drawn.hr)).toBeLessThan(0.01)
    expect(Math.abs(chance['ndcg@5']! - drawn.ndcg)).toBeLessThan(0.01)
  })
})

it('are 0 by chance for a user who has seen the whole catalog', () => {
  const chance = chanceOf([askedCase({ items: [0, 1], targets: [1] })], 2, true)
  expect(Object.values(chance)).toEqual(Object.values(chance).map(() => 0))
})

describe('measures of exposure', () => {
  const shown = {
    popularity: Float64Array.of(8, 4, 2, 1),
    vectors: [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(1, 0), undefined],
    isNew: Uint8Array.of(0, 0, 0, 1),
  }
  const page = (...items: number[]) => ({ ranks: Int32Array.of(0), page: Int32Array.from(items) })
  const asked = askedCase({ items: [3], targets: [0] })

  it('are those computed by hand for two pages', () => {
    const measures = exposureOf([asked, asked], [page(0, 1), page(0, 3)], shown)
    expect(measures['coverage@10']).toBe(3 / 4)
    expect(measures['gini@10']).toBeCloseTo((-3 * 0 - 1 * 1 + 1 * 1 + 3 * 2) / (4 * 4), 12)
    expect(measures['novelty@10']).toBeCloseTo(
      -(2 * Math.log2(9 / 19) + Math.log2(5 / 19) + Math.log2(2 / 19)) / 4,
      12,
    )
    expect(measures['popularity-lift@10']).toBe((8 + 4 + 8 + 1) / 4)
    expect(measures['new-items@10']).toBe(1 / 4)
    expect(measures['diversity@10']).toBe(1)
  })

  it('call the tenth that appeared last new, what has not appeared yet first of all', () => {
    const items = Int32Array.from({ length: 18 }, (_, item) => item)
    const history = {
      items,
      times: Float64Array.from(items),
      weights: new Float32Array(18),
      starts: Int32Array.of(0, 18),
    }
    const isNew = newestTenth({ ...history, catalogSize: 20 })
    expect([...isNew.keys()].filter((item) => isNew[item] === 1)).toEqual([18, 19])
  })
})

describe('intervals and gaps', () => {
  it('hold the mean, shrink with more cases, and are the same for the same seed', () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => i % 2)
    const [[low, high]] = meanIntervals([values], 7) as [Interval]
    expect(low).toBeLessThan(0.5)
    expect(high).toBeGreaterThan(0.5)
    // 1.96 · √(¼ / 400) = 0.049
    expect(high - low).toBeGreaterThan(0.07)
    expect(high - low).toBeLessThan(0.13)
    expect(meanIntervals([values], 7)).toEqual([[low, high]])
    expect(meanIntervals([Float64Array.of(0.3, 0.3), Float64Array.of(1, 1)], 7)).toEqual([
      [0.3, 0.3],
      [1, 1],
    ])
    expect(meanIntervals([new Float64Array(0)], 7)).toEqual([[0, 0]])
  })

  it('say how far the groups lie apart in each measure, and leave out groups that are too small', () => {
    const groupOf = Int32Array.from({ length: 45 }, (_, c) => Math.floor(c / 20))
    const grouping = { name: 'x', groups: ['a', 'b', 'c'], groupOf }
    const measures = measuresByGroup(grouping, (numbers) => ({ users: numbers.length, first: numbers[0]! }))
    expect(measures).toEqual({ a: { users: 20, first: 0 }, b: { users: 20, first: 20 } })
    expect(gapsOf(measures)).toEqual({ first: 20 })
    expect(gapsOf({ a: { users: 20, first: 3 } })).toEqual({})
  })

  it('keep the thirds by activity beside an attribute of that name', () => {
    const events = ['ann', 'bob'].map((userId) => ({ userId, itemId: 'a', occurredAtMs: 1, weight: 1 }))
    const activity = new Map([
      ['ann', 'often'],
      ['bob', 'rarely'],
    ])
    const dataset = { ...datasetOf(events), attributes: new Map([['activity', activity]]) }
    const cases = [0, 1].map((user) => ({ ...askedCase({ items: [user], targets: [2] }), user }))
    expect(groupingsOf(cases, dataset).map(({ name, groups }) => [name, groups])).toEqual([
      ['activity', ['low', 'middle', 'high']],
      ['users.activity', ['often', 'rarely']],
    ])
  })
})
