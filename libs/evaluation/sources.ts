import type { ItemTexts } from '../learning/foretold-factors.ts'
import { type Memory, modelSources, vectorsOf } from '../learning/model-sources.ts'
import type { ScoreSource } from '../learning/past.ts'
import { lately } from '../learning/sources/lately.ts'
import { DAY_MS, decayedPopularity } from '../learning/sources/popularity.ts'
import type { TrainedModel } from '../learning/train-model.ts'
import type { History } from './history-data.ts'

const POPULARITY_HALF_LIVES_MS = [1, 7, 30, 120].map((days) => days * DAY_MS)

export interface Ground {
  readonly train: History
  readonly model: TrainedModel
  /** By item number: unit vectors of the embedder; none at all without text. */
  readonly texts: ItemTexts
  readonly memory: Memory
  readonly repeats: boolean
}

/** Everything that a mixture can be made of. */
export function sourcesOf({ train, model, texts, memory, repeats }: Ground): ScoreSource[] {
  return [
    ...modelSources(model, memory, repeats, [lately(train)]),
    decayedPopularity(train, POPULARITY_HALF_LIVES_MS),
    ...(texts.some((text) => text !== undefined) ? [vectorsOf('text', texts, memory)] : []),
  ]
}
