import { expect, it } from 'vitest'
import { defaultLearning, recipeOf } from '../../../libs/learning/learning-settings.ts'
import { modelSources } from '../../../libs/learning/model-sources.ts'
import type { Past } from '../../../libs/learning/past.ts'
import { randomFrom } from '../../../libs/learning/random.ts'
import { trainModel } from '../../../libs/learning/train-model.ts'
import { pastOf } from './sample-past.ts'
import { sequencesOf } from './sample-sequences.ts'

const HOUR_MS = 3_600_000
const SIZE = 12
const random = randomFrom(1)
const histories = Array.from({ length: 20 }, () =>
  Array.from({ length: 9 }, () => Math.floor(random() * SIZE)),
)
const memory = {
  mostRemembered: 3,
  mostSeen: 2,
  timescales: [{ name: 'lasting', halfLifeMs: 720 * HOUR_MS }],
  timescaleWeights: { lasting: 1 },
}

const hourly = (chosen: readonly number[]): Past => {
  return pastOf(
    chosen,
    chosen.map((_, p) => (p - chosen.length) * HOUR_MS),
    0,
  )
}

it('no learned component sees more of a past than what a state remembers', async () => {
  const recipe = {
    ...recipeOf({ ...defaultLearning, dimension: 4 }, { seed: 1, repeats: true }),
    tables: [{ decay: 8, counted: 'in-order' as const, ridge: 10, lift: 0 }],
  }
  const model = await trainModel(sequencesOf(histories, SIZE), [], recipe, () => {})
  const names: string[] = []
  for (const source of modelSources(model, memory, true)) {
    const scoresOf = (past: Past) => {
      const scores = source.names.map(() => new Float64Array(SIZE))
      source.score(past, scores)
      return scores
    }
    expect(scoresOf(hourly([5, 6, 7, 1, 2, 3]))).toEqual(scoresOf(hourly([1, 2, 3])))
    names.push(...source.names)
  }
  expect(names).toEqual(
    expect.arrayContaining([
      'item-item@8',
      'rising@7d',
      'arrivals@30d',
      'session-knn',
      'behavior@clock',
      'own-items@odds',
    ]),
  )
})
