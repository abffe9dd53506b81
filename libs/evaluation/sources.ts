import type { Timescale } from '../interest/interest-shape.ts'
import type { ScoreSource } from '../learning/past.ts'
import { ownItems } from '../learning/sources/own-items.ts'
import { DAY_MS, decayedPopularity, popularity } from '../learning/sources/popularity.ts'
import { tableSource } from '../learning/sources/table-source.ts'
import { vectorSource } from '../learning/sources/vector-source.ts'
import type { TrainedModel } from '../learning/train-model.ts'
import { defaultScoreWeights } from '../ranking/taste.ts'
import type { History } from './history-data.ts'

/** Decays (in places) of item-kNN from which the best is taken; the first stands for the newest item alone. */
export const knnDecays = [0.1, 0.7, 1.5, 3, 6, 12, 25] as const
const POPULARITY_HALF_LIVES_MS = [1, 7, 30, 120].map((days) => days * DAY_MS)
const VECTOR_DECAYS = [1, 3, 8] as const
const OWN_DECAYS = [3, 20, 1_000] as const

/** What production holds of a user: the bound of the remembered events, and the timescales of the interest vectors. */
export interface Memory {
  readonly mostRemembered: number
  readonly timescales: readonly Timescale[]
}

export interface Ground {
  readonly train: History
  readonly model: TrainedModel
  /** By item number: unit vectors of the embedder; none at all without text. */
  readonly texts: readonly (Float32Array | undefined)[]
  readonly memory: Memory
  readonly repeats: boolean
}

/** Everything that a mixture can be made of. */
export function sourcesOf({ train, model, texts, memory, repeats }: Ground): ScoreSource[] {
  const { mostRemembered, timescales } = memory
  const { catalogSize, factors } = model
  const behavior = Array.from({ length: catalogSize }, (_, item) => {
    return factors.vectors.subarray(item * factors.dimension, (item + 1) * factors.dimension)
  })
  const vectors = { timescales, weights: defaultScoreWeights, decays: VECTOR_DECAYS, mostRemembered }
  return [
    popularity(model.popularity),
    decayedPopularity(train, POPULARITY_HALF_LIVES_MS),
    ...knnDecays.map((decay) => {
      return tableSource(`item-knn@${decay}`, { ...model.cosines, decay }, mostRemembered)
    }),
    ...model.together.map((table) => tableSource(`together@${table.decay}`, table, mostRemembered)),
    ...model.tables.map((table) => tableSource(`item-item@${table.decay}`, table, mostRemembered)),
    vectorSource({ ...vectors, space: 'behavior', vectors: behavior }),
    ...(texts.some((text) => text !== undefined)
      ? [vectorSource({ ...vectors, space: 'text', vectors: texts })]
      : []),
    ...(repeats ? [ownItems(OWN_DECAYS)] : []),
  ]
}
