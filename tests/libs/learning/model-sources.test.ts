import { expect, it } from 'vitest'
import { defaultLearning, recipeOf } from '../../../libs/learning/learning-settings.ts'
import { modelSources } from '../../../libs/learning/model-sources.ts'
import type { Past } from '../../../libs/learning/past.ts'
import { randomFrom } from '../../../libs/learning/random.ts'
import { trainModel } from '../../../libs/learning/train-model.ts'
import { sequencesOf } from './sample-sequences.ts'

const HOUR_MS = 3_600_000
const SIZE = 12
const random = randomFrom(1)
const histories = Array.from({ length: 20 }, () =>
  Array.from({ length: 9 }, () => Math.floor(random() * SIZE)),
)
const memory = {
  mostRemembered: 3,
  timescales: [{ name: 'lasting', halfLifeMs: 720 * HOUR_MS }],
  timescaleWeights: { lasting: 1 },
}

function pastOf(items: readonly number[]): Past {
  return {
    items: Int32Array.from(items),
    times: Float64Array.from(items, (_, p) => (p - items.length) * HOUR_MS),
    weights: new Float32Array(items.length).fill(1),
    nowMs: 0,
  }
}

it('no learned component sees more of a past than what a state remembers', async () => {
  const recipe = {
    ...recipeOf({ ...defaultLearning, dimension: 4 }, { seed: 1, repeats: true }),
    tables: [{ decay: 8, counted: 'in-order' as const, ridge: 10, lift: 0 }],
  }
  const model = await trainModel(sequencesOf(histories, SIZE), recipe, () => {})
  const names: string[] = []
  for (const source of modelSources(model, memory, true)) {
    const scoresOf = (past: Past) => {
      const scores = source.names.map(() => new Float64Array(SIZE))
      source.score(past, scores)
      return scores
    }
    expect(scoresOf(pastOf([5, 6, 7, 1, 2, 3]))).toEqual(scoresOf(pastOf([1, 2, 3])))
    names.push(...source.names)
  }
  expect(names).toEqual(expect.arrayContaining(['item-item@8', 'behavior@clock', 'own-items@1000']))
})
