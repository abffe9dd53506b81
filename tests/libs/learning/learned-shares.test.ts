import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLearning, recipeOf, tableKindsOf } from '../../../libs/learning/learning-settings.ts'
import { modelSources } from '../../../libs/learning/model-sources.ts'
import type { Past } from '../../../libs/learning/past.ts'
import { randomFrom } from '../../../libs/learning/random.ts'
import { learnedScores, servedModel } from '../../../libs/learning/served-model.ts'
import { standardScores } from '../../../libs/learning/standard-scores.ts'
import { trainModel } from '../../../libs/learning/train-model.ts'
import { pastOf } from './sample-past.ts'
import { sequencesOf } from './sample-sequences.ts'

const CATALOG = 25
const HOUR = 3_600_000
const memory = {
  mostRemembered: 8,
  mostSeen: 20,
  timescales: [
    { name: 'session', halfLifeMs: HOUR },
    { name: 'lasting', halfLifeMs: 100 * HOUR },
  ],
  timescaleWeights: { session: 0.5, lasting: 0.5 },
}

/** People who walk along the catalog with gaps, some items again. */
const random = randomFrom(11)
const walks = Array.from({ length: 40 }, (_, user) => {
  return Array.from({ length: 12 }, (_, step) => (user + step + Math.floor(random() * 4)) % CATALOG)
})
const recipe = {
  ...recipeOf({ ...defaultLearning, dimension: 8 }, { seed: 1, repeats: true }),
  tables: tableKindsOf(defaultLearning).map((kind) => ({ ...kind, ridge: 60, lift: 0.2 })),
}
const model = await trainModel(sequencesOf(walks, CATALOG), [], recipe, () => {})
const itemIds = Array.from({ length: CATALOG }, (_, n) => `item-${n}`)

const learned = (weights: Record<string, number>) => {
  return learnedScores(servedModel({ itemIds, model, repeats: true, weights }), memory)
}
const anyPast: fc.Arbitrary<Past> = fc
  .array(fc.record({ item: fc.nat(CATALOG - 1), hour: fc.nat(50), weight: fc.constantFrom(1, 2, 8) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((events) => {
    events.sort((a, b) => a.hour - b.hour)
    return pastOf(
      events.map(({ item }) => item),
      events.map(({ hour }) => hour * HOUR),
      51 * HOUR,
      events.map(({ weight }) => weight),
    )
  })
const components = [
  'together@1.5',
  'session-knn',
  'item-item@0.7',
  'item-item@15',
  'behavior@clock',
  'behavior@3',
  'own-items@chance',
  'own-items@odds',
]
const anyWeights = fc.record(Object.fromEntries(components.map((name) => [name, fc.constantFrom(0, 0.3, 1)])))

describe('a learned score', () => {
  it('is the weighted sum of the standard scores of its components', () => {
    fc.assert(
      fc.property(anyPast, anyWeights, (past, weights) => {
        const standard = standardScores(modelSources(model, memory, true), CATALOG, (name) => name in weights)
        const whole = new Float64Array(CATALOG)
        for (const [c, scores] of standard.of(past).entries())
          for (const [item, score] of scores.entries()) whole[item]! += weights[standard.names[c]!]! * score
        const { scores } = learned(weights)(past)
        for (const [item, score] of whole.entries()) expect(scores[item]).toBeCloseTo(score, 4)
      }),
    )
  })
})

describe('what each event adds to a learned score', () => {
  it('is all that tells one item from another, where the model is a sum over events', () => {
    fc.assert(
      fc.property(
        anyPast,
        anyWeights,
        fc.nat(CATALOG - 1),
        fc.nat(CATALOG - 1),
        (past, weights, one, other) => {
          const { scores, sharing } = learned(weights)(past)
          const sharesOf = sharing()
          const sumOf = (item: number) => sharesOf(item).reduce((sum, share) => sum + share, 0)
          const sizeOf = (item: number) => sharesOf(item).reduce((sum, share) => sum + Math.abs(share), 1)
          const difference = scores[one]! - scores[other]!
          const error = Math.abs(sumOf(one) - sumOf(other) - difference)
          expect(error / (sizeOf(one) + sizeOf(other))).toBeLessThan(1e-6)
        },
      ),
    )
  })

  it('leaves out what everybody wants, whoever asks', () => {
    const { sharing } = learned({ popularity: 1 })(pastOf([3], [0], 1))
    expect([...sharing()(4)]).toEqual([0])
  })

  it('is nothing for events beyond those that are remembered', () => {
    const ten = Array.from({ length: 10 }, (_, n) => n)
    const shares = learned({ 'item-item@15': 1, 'behavior@3': 1 })(pastOf(ten, ten, 10)).sharing()(10)
    expect([...shares.subarray(0, 2)]).toEqual([0, 0])
    expect(shares.subarray(2).some((share) => share !== 0)).toBe(true)
  })

  it('holds for its own past, whatever was asked since', () => {
    const of = learned({ 'item-item@0.7': 1, 'behavior@clock': 1 })
    const first = of(pastOf([3], [0], 1))
    const before = [...first.sharing()(5)]
    of(pastOf([9], [0], 1))
    expect([...first.sharing()(5)]).toEqual(before)
  })
})
