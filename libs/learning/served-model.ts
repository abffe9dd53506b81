import { HalflifeError } from '../errors/halflife-error.ts'
import { type MixedScores, mixedScores } from './mixed-scores.ts'
import type { MixtureWeights } from './mixture.ts'
import { decodeModel, encodeModel } from './model-bytes.ts'
import { type Memory, modelSources } from './model-sources.ts'
import { isAfterPause, type Past } from './past.ts'
import type { TrainedModel } from './train-model.ts'

/** What was learned from history, with all that is needed to rank by it: scorers serve one whole. */
export interface ServedModel {
  readonly version: typeof VERSION
  /** By item number. */
  readonly itemIds: readonly string[]
  /** So many of the last items nobody had: they are ranked by where their texts belong, and say nothing in a past. */
  readonly unhad?: number
  readonly model: TrainedModel
  /** Things are wanted again. */
  readonly repeats: boolean
  /** Of the components, all of them learned. */
  readonly weights: MixtureWeights
  readonly weightsAfterPause?: MixtureWeights | undefined
  /** What the likeness of texts counts beside this model, 0 to 1, as its trial told; undefined where it was not asked. */
  readonly interestsCount?: number | undefined
}

/** Of the layout below; another Halflife may have written another. */
const VERSION = 4

export function servedModel(parts: Omit<ServedModel, 'version'>): ServedModel {
  return { version: VERSION, ...parts }
}

/** How many items it was learned with: the first so many. */
export function learnedItems({ itemIds, unhad = 0 }: Pick<ServedModel, 'itemIds' | 'unhad'>): number {
  return itemIds.length - unhad
}

export function encodeServed(served: ServedModel): Buffer {
  return encodeModel(served)
}

/** @throws HL_STORE_CORRUPT */
export function decodeServed(bytes: Buffer): ServedModel {
  const served = decodeModel(bytes)
  if (!isServed(served)) {
    const detail = 'the model was learned by another version of Halflife; train a new one, or promote another'
    throw new HalflifeError('HL_STORE_CORRUPT', detail)
  }
  return served
}

function isServed(value: unknown): value is ServedModel {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === VERSION
}

/** Scores the whole catalog of the model for one past. */
export function learnedScores(served: ServedModel, memory: Memory): (past: Past) => MixedScores {
  const { model, repeats, weights, weightsAfterPause = weights } = served
  const mixed = mixedScores(modelSources(model, memory, repeats), model.catalogSize)
  return (past) => mixed(past, isAfterPause(past) ? weightsAfterPause : weights)
}
