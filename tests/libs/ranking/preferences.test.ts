import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blend } from '../../../libs/ranking/blend.ts'
import { bestFirst } from '../../../libs/ranking/rank.ts'
import { scoresByPlace, sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { summedPreference } from '../../../libs/ranking/summed-preference.ts'
import { vectorPreference } from '../../../libs/ranking/vector-preference.ts'
import { retrieve } from '../../../services/scorer/retrieve.ts'
import { smallCatalog } from '../../services/scorer/small-catalog.ts'
import { between } from './candidates.ts'

const anyVector = fc.array(between(-1, 1), { minLength: 4, maxLength: 4 })

function spread(scores: readonly number[]): { mean: number; deviation: number } {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length
  return { mean, deviation: Math.sqrt(variance) }
}

describe('a vector preference', () => {
  it('knows mean and deviation over the whole catalog without scoring each item', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyVector, { minLength: 2, maxLength: 20 }),
        anyVector,
        async (vectors, query) => {
          const catalog = await smallCatalog(vectors.map((vector, n) => ({ itemId: `item-${n}`, vector })))
          const queries = new Map([['text', Float32Array.from(query)]])
          const scores = vectors.map((_, n) => catalog.scoreOf(queries, `item-${n}`))
          const direct = spread(scores)
          const { mean, deviation } = catalog.spreadOf(queries)
          expect(mean).toBeCloseTo(direct.mean, 5)
          expect(deviation).toBeCloseTo(direct.deviation, 3)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('proposes what it scores highest of what is admitted, and has nothing to say without a direction', async () => {
    const catalog = await smallCatalog(
      Array.from({ length: 300 }, (_, n) => ({
        itemId: `item-${n}`,
        vector: [Math.cos(n), Math.sin(n), 0, 0],
      })),
    )
    const ids = [...catalog.items()].map(({ itemId }) => itemId)
    const port = {
      scoreOf: catalog.scoreOf,
      spreadOf: catalog.spreadOf,
      search: (queries: Map<string, Float32Array>, limit: number, admits: (itemId: string) => boolean) =>
        retrieve(queries, catalog, admits, { within: undefined, all: () => ids.filter(admits) }, limit),
    }
    const east = new Map([['text', Float32Array.from([1, 0, 0, 0])]])
    const odd = (itemId: string) => Number(itemId.split('-')[1]) % 2 === 1
    const best = await vectorPreference(east, port as never)!.best(5, odd)
    const all = Array.from({ length: 300 }, (_, n) => n).filter((n) => n % 2 === 1)
    const wanted = all.sort((a, b) => Math.cos(b) - Math.cos(a)).slice(0, 5)
    expect(best.map(({ itemId }) => itemId)).toEqual(wanted.map((n) => `item-${n}`))
    const nowhere = new Map([['text', new Float32Array(4)]])
    expect(vectorPreference(nowhere, port as never)).toBeUndefined()
  })

  it('proposes the only item of a catalog, and has no say in its score', async () => {
    const catalog = await smallCatalog([{ itemId: 'only', vector: [1, 0, 0, 0] }])
    const queries = new Map([['text', Float32Array.of(2, 0, 0, 0)]])
    const best = () => [{ itemId: 'only', score: 2 }]
    const preference = vectorPreference(queries, catalog as never, { best })!
    const [only] = blend([{ source: 'interests', weight: 1, preference, proposed: best() }], ['only'])
    expect(only).toMatchObject({ itemId: 'only', score: 0, origin: 'interests' })
  })
})

describe('a sparse preference', () => {
  it('counts what it does not know as 0 in mean and deviation', () => {
    fc.assert(
      fc.property(
        fc.array(between(0.1, 9), { minLength: 1 }),
        fc.integer({ min: 1, max: 50 }),
        (known, others) => {
          const scores = new Map(known.map((score, n) => [`item-${n}`, score]))
          const preference = sparsePreference(scores, known.length + others)!
          const direct = spread([...known, ...Array.from({ length: others }, () => 0)])
          expect(preference.mean).toBeCloseTo(direct.mean, 9)
          expect(preference.deviation).toBeCloseTo(direct.deviation, 6)
          expect(preference.scoreOf('unknown')).toBe(0)
        },
      ),
    )
  })

  it('has nothing to say where all are alike, or there is no catalog', () => {
    expect(
      sparsePreference(
        new Map([
          ['a', 1 / 3],
          ['b', 1 / 3],
          ['c', 1 / 3],
        ]),
        3,
      ),
    ).toBeUndefined()
    expect(sparsePreference(new Map(), 0)).toBeUndefined()
  })
})

describe('what a sparse preference proposes', () => {
  it('is the best of what is admitted, however few that are and however many there are', () => {
    const anyScores = fc.array(fc.integer({ min: 0, max: 50 }), {
      minLength: 2,
      maxLength: 3_000,
      size: 'max',
    })
    fc.assert(
      fc.property(
        anyScores,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 400 }),
        (all, limit, every) => {
          const scores = new Map(all.map((score, n) => [`item-${n}`, score]))
          const admits = (itemId: string) => Number(itemId.split('-')[1]) % every === 0
          const sorted = [...scores].map(([itemId, score]) => ({ itemId, score })).sort(bestFirst)
          const preference = sparsePreference(scores, all.length + 1)
          if (preference === undefined) return
          const wanted = sorted.filter(({ itemId }) => admits(itemId)).slice(0, limit)
          expect(preference.best(limit, admits)).toEqual(wanted)
          expect(preference.best(limit, () => true)).toEqual(sorted.slice(0, limit))
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('items in an order', () => {
  it('have scores from 1 downwards in even steps, all above 0', () => {
    expect([...scoresByPlace(['c', 'a', 'b', 'd'])]).toEqual([
      ['c', 1],
      ['a', 0.75],
      ['b', 0.5],
      ['d', 0.25],
    ])
  })
})

describe('two preferences as one', () => {
  const ids = Array.from({ length: 8 }, (_, n) => `item-${n}`)
  const anyScores = fc
    .array(between(-3, 9), { minLength: ids.length, maxLength: ids.length })
    .map((scores) => new Map(ids.map((itemId, n) => [itemId, scores[n]!])))
    .filter((scores) => sparsePreference(scores, ids.length + 2) !== undefined)

  it('score, average and vary as the sum of their standard scores does', () => {
    fc.assert(
      fc.property(anyScores, anyScores, between(0.1, 1), (one, other, factor) => {
        const [a, b] = [one, other].map((scores) => sparsePreference(scores, ids.length + 2)!)
        const product = ids.reduce((sum, itemId) => sum + one.get(itemId)! * other.get(itemId)!, 0)
        const both = summedPreference(a!, b!, factor, product / (ids.length + 2))
        const all = [...ids, 'unknown', 'unheard of']
        const direct = all.map((itemId) => {
          return a!.scoreOf(itemId) / a!.deviation + (factor * b!.scoreOf(itemId)) / b!.deviation
        })
        const { mean, deviation } = spread(direct)
        if (both === undefined) return expect(deviation).toBeLessThan(1e-4)
        for (const [n, itemId] of all.entries()) expect(both.scoreOf(itemId)).toBeCloseTo(direct[n]!, 9)
        expect(both.mean).toBeCloseTo(mean, 9)
        expect(both.deviation).toBeCloseTo(deviation, 6)
        const best = direct.slice(0, ids.length).sort((x, y) => y - x)
        for (const [n, { score }] of both.best(ids.length, () => true).entries())
          expect(score).toBeCloseTo(best[n]!, 9)
        const isEven = (itemId: string) => ids.indexOf(itemId) % 2 === 0
        const even = both.best(ids.length, isEven).map(({ itemId }) => itemId)
        expect(even.toSorted()).toEqual(ids.filter(isEven))
      }),
    )
  })

  it('give each event its share in either, in standard deviations', () => {
    const event = { fingerprint: '0'.repeat(16), itemId: 'x', type: 'view', occurredAtMs: 0, weight: 1 }
    fc.assert(
      fc.property(anyScores, anyScores, between(0.1, 1), (one, other, factor) => {
        const [a, b] = [one, other].map(
          (scores) =>
            sparsePreference(scores, ids.length + 2, (itemId) => [{ event, share: scores.get(itemId)! }])!,
        )
        const both = summedPreference(a!, b!, factor, 0)
        for (const itemId of both === undefined ? [] : ids) {
          const sum = both!.sharesOf!(itemId).reduce((total, { share }) => total + share, 0)
          expect(sum).toBeCloseTo(both!.scoreOf(itemId), 9)
        }
      }),
    )
  })
})
