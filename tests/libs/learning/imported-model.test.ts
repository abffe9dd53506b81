import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repeatedPair, tableOf, withImported } from '../../../libs/learning/imported-model.ts'
import { learnedScores, type ServedModel } from '../../../libs/learning/served-model.ts'
import { pastOf } from './sample-past.ts'

const memory = { mostRemembered: 50, mostSeen: 2_000, timescales: [], timescaleWeights: {} }
/** Of three items, of which the first speaks for the second. */
const table = (decay: number, weight = 1) =>
  tableOf({ sources: [0], targets: [1], weights: [weight] }, decay, 3)
const ofTables = (...decays: number[]) => ({
  part: 'item-item' as const,
  tables: decays.map((d) => table(d)),
})
const ids = ['a', 'b', 'c']

describe('rows of a table that was computed elsewhere', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: -9, max: 9 })), {
    selector: ([source, target]) => `${source} ${target}`,
  })

  it('make the same table in whatever order they come', () => {
    const made = (list: readonly (readonly [number, number, number])[]) => {
      const [sources, targets, weights] = [0, 1, 2].map((column) => list.map((row) => row[column]!))
      return tableOf({ sources: sources!, targets: targets!, weights: weights! }, 8, 6)
    }
    fc.assert(
      fc.property(rows, (list) => {
        const whole = made(list)
        expect(made(list.toReversed())).toEqual(whole)
        for (const [source, target, weight] of list) {
          const row = whole.targets.subarray(whole.starts[source], whole.starts[source + 1])
          expect(whole.weights[whole.starts[source]! + row.indexOf(target)]).toBe(weight)
        }
        expect(repeatedPair(whole)).toBeUndefined()
      }),
    )
  })

  it('are found out when a pair stands in them twice', () => {
    const twice = { sources: [1, 0, 1], targets: [2, 2, 2], weights: [1, 1, 1] }
    expect(repeatedPair(tableOf(twice, 8, 3))).toEqual([1, 2])
  })
})

describe('an imported part', () => {
  it('is a model by itself where there was none', () => {
    const model = withImported(undefined, ids, ofTables(2, 8))
    expect(model.weights).toEqual({ 'item-item@2': 0.5, 'item-item@8': 0.5 })
    const scores = learnedScores(model, memory)(pastOf([0], [0], 1)).scores
    expect([...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)[0]).toBe(1)
  })

  it('of vectors ranks by their directions', () => {
    const vectors = Float32Array.of(1, 0, 0.8, 0.6, -1, 0)
    const model = withImported(undefined, ids, { part: 'behavior', factors: { dimension: 2, vectors } })
    const scores = learnedScores(model, memory)(pastOf([0], [0], 1)).scores
    expect([...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)).toEqual([0, 1, 2])
  })

  it('takes the place of that part, and of no other, and brings its items along', () => {
    const base = withImported(undefined, ['a'], {
      part: 'behavior',
      factors: { dimension: 2, vectors: Float32Array.of(0.6, 0.8) },
    })
    const both = withImported(base, ids, ofTables(8))
    expect(both.itemIds).toEqual(ids)
    expect(both.model.factors).toEqual({ dimension: 2, vectors: Float32Array.of(0.6, 0.8, 0, 0, 0, 0) })
    const again = withImported(both, [...ids, 'd'], { ...ofTables(), tables: [table(8, 5)] })
    expect(again.model.tables[0]!.weights[0]).toBe(5)
    expect(again.model.factors.vectors).toHaveLength(8)
  })

  it('weighs what the part weighed, and when it is new as much as the heaviest', () => {
    const base: ServedModel = {
      ...withImported(undefined, ids, ofTables(8, 40)),
      weights: { 'item-item@8': 1, 'item-item@40': 0.2, popularity: 0.1 },
    }
    expect(withImported(base, ids, ofTables(40, 8)).weights).toEqual(base.weights)
    const { popularity, ...tables } = withImported(base, ids, ofTables(2, 8, 40)).weights
    expect(popularity).toBe(0.1)
    for (const weight of Object.values(tables)) expect(weight).toBeCloseTo(0.4)
    const factors = { dimension: 1, vectors: new Float32Array(3) }
    expect(withImported(base, ids, { part: 'behavior', factors }).weights['behavior@3']).toBeCloseTo(1.2)
  })
})
