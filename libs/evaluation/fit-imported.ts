import type { EpochMs } from '../interest/time.ts'
import { partOf } from '../learning/mixture.ts'
import { type Memory, modelSources } from '../learning/model-sources.ts'
import { type ServedModel, servedModel } from '../learning/served-model.ts'
import { standardScores } from '../learning/standard-scores.ts'
import type { TrainedModel } from '../learning/train-model.ts'
import type { ModelTrial } from '../store/model-store.ts'
import { choicesOf } from './choices.ts'
import { repeatsAndTies } from './clean.ts'
import { REPEATS_FROM } from './evaluate.ts'
import type { Dataset } from './history-data.ts'
import { FEWEST_CASES, MOST_CASES } from './learn.ts'
import { knownPast, ownNumbers, trialOf } from './model-trial.ts'
import { sampleCases } from './sample-cases.ts'
import { type Case, momentAt, timeSplit } from './split.ts'
import { tuneMethods } from './tune-methods.ts'

export interface FitImportedOptions {
  readonly live: { readonly id: string; readonly served: ServedModel } | undefined
  /** Nothing until then is asked about: models were told of it. */
  readonly untilMs: EpochMs
  readonly memory: Memory
  readonly seed: number
}

export interface FittedImport {
  readonly served: ServedModel
  /** undefined when too little of the history is new. */
  readonly trial: ModelTrial | undefined
}

/** Weighs the components of a model whose parts were computed elsewhere by the first half of what a history has after
 *  that, and asks it about the second half, beside the model that serves. With too little to ask it stays as it is. */
export function fitImported(
  imported: ServedModel,
  { history, itemIds }: Dataset,
  { live, untilMs, memory, seed }: FitImportedOptions,
): FittedImport {
  const newer = { ...history, times: history.times.filter((time) => time > untilMs) }
  if (newer.times.length === 0) return { served: imported, trial: undefined }
  const split = timeSplit('time', history, untilMs + 1, momentAt(newer, 0.5))
  const maskSeen = repeatsAndTies(history).repeatShare < REPEATS_FROM
  const fitting = sampleCases(split.validation.cases, MOST_CASES, seed)
  const asked = sampleCases(split.test.cases, MOST_CASES, seed)
  if (Math.min(fitting.length, asked.length) < FEWEST_CASES) return { served: imported, trial: undefined }
  const served = weighed({ ...imported, repeats: !maskSeen }, casesIn(imported, fitting, itemIds), memory)
  const ndcgOf = (model: ServedModel) => trialOf(model, asked, { itemIds, memory, maskSeen })
  return {
    served,
    trial: {
      cases: asked.length,
      ndcg: ndcgOf(served),
      live: live && { id: live.id, ndcg: ndcgOf(live.served) },
    },
  }
}

function weighed(served: ServedModel, cases: readonly Case[], memory: Memory): ServedModel {
  const { model, repeats } = served
  const sources = modelSources(model, memory, repeats)
  const standard = standardScores(sources, model.catalogSize, (name) => isThere(partOf(name), model))
  const choices = choicesOf(cases, standard, model.catalogSize, !repeats)
  const [blend] = choices.length === 0 ? [] : tuneMethods(choices, standard.names, ['blend'])
  if (blend === undefined) return served
  const { weights, weightsAfterPause } = blend
  return servedModel({ ...served, weights, weightsAfterPause })
}

/** An imported model may lack parts, whose scores are all alike: they are no candidates for a mixture. */
function isThere(
  part: string,
  { popularity, lately, factors, together, trails, tables }: TrainedModel,
): boolean {
  if (part === 'popularity') return popularity.some((count) => count > 0)
  if (part === 'rising' || part === 'arrivals') return lately.length > 0
  if (part === 'behavior') return factors.vectors.some((value) => value !== 0)
  if (part === 'together') return together.length > 0
  if (part === 'session-knn') return trails.items.length > 0
  return part === 'item-item' ? tables.length > 0 : part === 'own-items'
}

/** In a model's own numbers, without the items that it does not know. */
function casesIn(served: ServedModel, cases: readonly Case[], itemIds: readonly string[]): Case[] {
  const own = ownNumbers(served, itemIds)
  return cases.flatMap((asked) => {
    const past = knownPast(asked, own)
    const targets = asked.targets.map((target) => own[target]!).filter((target) => target !== -1)
    return past === undefined || targets.length === 0 ? [] : [{ ...asked, ...past, targets }]
  })
}
