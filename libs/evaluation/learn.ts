import type { EpochMs } from '../interest/time.ts'
import type { ItemTexts } from '../learning/foretold-factors.ts'
import type { LearningSettings } from '../learning/learning-settings.ts'
import { countsBeside } from '../learning/mixture.ts'
import type { Memory } from '../learning/model-sources.ts'
import { type ServedModel, servedModel } from '../learning/served-model.ts'
import { type Recipe, trainModel } from '../learning/train-model.ts'
import type { ModelTrial } from '../store/model-store.ts'
import { repeatsAndTies } from './clean.ts'
import { REPEATS_FROM } from './evaluate.ts'
import { fitOn } from './fit.ts'
import type { Dataset, History } from './history-data.ts'
import type { Method, PartName } from './method.ts'
import { interestsTrial, trialOf } from './model-trial.ts'
import { sampleCases, sampleForTuning } from './sample-cases.ts'
import { momentAt, TEST_FROM, timeSplit, VALIDATION_FROM } from './split.ts'

export interface LearnOptions {
  /** The model that serves. */
  readonly live:
    | { readonly id: string; readonly served: ServedModel; readonly learnedUntilMs: EpochMs }
    | undefined
  readonly memory: Memory
  /** By item number: vectors of the embedder. They foretell where items belong that hardly anybody had, and tell what the
   *  likeness of texts counts beside the model. */
  readonly texts: ItemTexts
  readonly learning: LearningSettings
  readonly seed: number
  readonly onStep: (step: string, done: number, total: number) => void
}

export interface Learned {
  readonly served: ServedModel
  readonly learnedUntilMs: EpochMs
  /** undefined when the newest slice of history is too small to ask about. */
  readonly trial: ModelTrial | undefined
}

/** Fewer answers than this are chance. */
export const FEWEST_CASES = 30
/** More make a trial longer, and hardly surer. */
export const MOST_CASES = 2_000

/** Learns from all of a history. Before that, a model learned without its newest slice is tried on that slice, beside the
 *  one that serves; the slice begins where the serving one's history ends at the earliest, or it would be asked about
 *  what it has been told. */
export async function learnModel(dataset: Dataset, options: LearnOptions): Promise<Learned> {
  const { history, report } = dataset
  const { learning, live, memory, onStep, seed, texts } = options
  const testMs = Math.max(momentAt(history, TEST_FROM), (live?.learnedUntilMs ?? 0) + 1)
  const split = timeSplit('time', history, momentAt(history, VALIDATION_FROM), testMs)
  const maskSeen = repeatsAndTies(split.test.train).repeatShare < REPEATS_FROM
  const { recipe, methods } = await fitOn(split.validation, sampleForTuning(split.validation, seed), {
    learning,
    seed,
    methods: ['blend'],
    memory,
    texts,
    maskSeen,
    without: NOT_LEARNED,
    onStep,
  })
  const blend = methods.find(({ name }) => name === 'blend')!
  const learn = (train: History, step: string) =>
    servedFrom(train, recipe, blend, dataset, texts, step, onStep)
  const cases = sampleCases(split.test.cases, MOST_CASES, seed)
  const trial = async () => {
    const asked = { itemIds: dataset.itemIds, memory, maskSeen }
    const ndcg = trialOf(await learn(split.test.train, 'learn without the newest'), cases, asked)
    return {
      cases: cases.length,
      ndcg,
      interests: interestsTrial(texts, cases, asked),
      live: live && { id: live.id, ndcg: trialOf(live.served, cases, asked) },
    }
  }
  const tried = cases.length < FEWEST_CASES ? undefined : await trial()
  const served = await learn(history, 'learn')
  const interestsCount =
    tried?.interests === undefined ? undefined : countsBeside(tried.interests, tried.ndcg)
  return {
    trial: tried,
    served: servedModel({ ...served, interestsCount }),
    learnedUntilMs: report.lastMs,
  }
}

/** What trends is counted by the trackers, and text needs no learning: a model serves beside both. */
export const NOT_LEARNED: readonly PartName[] = ['decayed-popularity', 'text']

async function servedFrom(
  train: History,
  recipe: Recipe,
  { weights, weightsAfterPause }: Method,
  { itemIds, report }: Dataset,
  texts: ItemTexts,
  step: string,
  onStep: LearnOptions['onStep'],
): Promise<ServedModel> {
  const total = recipe.tables.length + 3
  let done = 0
  const model = await trainModel(train, texts, recipe, () => onStep(step, done++, total))
  const unhad = itemIds.length - report.items
  return servedModel({ itemIds, unhad, model, repeats: recipe.repeats, weights, weightsAfterPause })
}
