import { HalflifeError } from '../errors/halflife-error.ts'
import type { MixtureWeights } from './mixture.ts'
import { decodeModel, encodeModel } from './model-bytes.ts'
import { type Memory, modelSources } from './model-sources.ts'
import { isAfterPause, type Past } from './past.ts'
import { standardScores } from './standard-scores.ts'
import type { TrainedModel } from './train-model.ts'

/** What was learned from history, with all that is needed to rank by it: scorers serve one whole. */
export interface ServedModel {
  readonly version: typeof VERSION
  /** By item number. */
  readonly itemIds: readonly string[]
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
const VERSION = 2

export function servedModel(parts: Omit<ServedModel, 'version'>): ServedModel {
  return { version: VERSION, ...parts }
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

/** What a model makes of one past. */
export interface LearnedScores {
  /** float64[catalogSize], valid until the next past. */
  readonly scores: Float64Array
  /** What each event of the past adds to the score of an item, float64[events], oldest first. What is left of the score no
   *  event accounts for: popularity, and the average that standard scores are taken from. */
  sharing(): (item: number) => Float64Array
}

/** Scores the whole catalog of the model for one past: the weighted sum of its components' standard scores. */
export function learnedScores(served: ServedModel, memory: Memory): (past: Past) => LearnedScores {
  const { model, repeats, weights, weightsAfterPause = weights } = served
  const wanted = (name: string) => name in weights || name in weightsAfterPause
  const standard = standardScores(modelSources(model, memory, repeats), model.catalogSize, wanted)
  const sums = new Float64Array(model.catalogSize)
  return (past) => {
    const mixture = isAfterPause(past) ? weightsAfterPause : weights
    sums.fill(0)
    for (const [c, scores] of standard.of(past).entries()) {
      const weight = mixture[standard.names[c]!] ?? 0
      if (weight !== 0) for (let item = 0; item < sums.length; item++) sums[item]! += weight * scores[item]!
    }
    const scales = standard.deviations.map((deviation, c) => {
      return deviation > 0 ? (mixture[standard.names[c]!] ?? 0) / deviation : 0
    })
    return { scores: sums, sharing: () => scaled(standard.sharing(past), scales, past.items.length) }
  }
}

/** @param scales by component: what a share is multiplied by in the sum */
function scaled(
  sharesOf: (item: number) => readonly Float64Array[],
  scales: Float64Array,
  events: number,
): (item: number) => Float64Array {
  return (item) => {
    const sums = new Float64Array(events)
    for (const [c, shares] of sharesOf(item).entries()) {
      for (let p = 0; p < events; p++) sums[p]! += scales[c]! * shares[p]!
    }
    return sums
  }
}
