import { expect, it } from 'vitest'
import { partRanker, rankInParts } from '../../../libs/evaluation/rank-in-parts.ts'
import { splitBy } from '../../../libs/evaluation/split.ts'
import { defaultLearning, recipeOf } from '../../../libs/learning/learning-settings.ts'
import { trainModel } from '../../../libs/learning/train-model.ts'
import { walks } from './walks.ts'

it('ranks the same in parts as in one go, and says how far it is', async () => {
  const { train, cases } = splitBy('leave-one-out', walks(400)).test
  const recipe = { ...recipeOf(defaultLearning, { seed: 1, repeats: false }), tables: [] }
  const ground = {
    train,
    cases,
    model: await trainModel(train, [], recipe, () => {}),
    texts: [],
    memory: { mostRemembered: 50, mostSeen: 2_000, timescales: [], timescaleWeights: {} },
    repeats: false,
    methods: [{ name: 'blend' as const, weights: { 'item-knn@3': 1, 'decayed-popularity@1d': 0.1 } }],
    without: [],
  }
  const told: number[] = []
  expect(await rankInParts(ground, (done) => told.push(done))).toEqual(
    partRanker(ground)({ from: 0, to: cases.length }),
  )
  expect(told).toEqual([50, cases.length])
  expect(cases.length).toBeGreaterThan(50)
})
