import { HalflifeError } from '../errors/halflife-error.ts'
import type { LearningSettings } from '../learning/learning-settings.ts'
import type { Memory } from '../learning/model-sources.ts'
import { learnedScores, servedModel } from '../learning/served-model.ts'
import { triedOf } from './best-table.ts'
import { repeatsAndTies } from './clean.ts'
import { REPEATS_FROM } from './evaluate.ts'
import type { Dataset } from './history-data.ts'
import { NOT_LEARNED } from './learn.ts'
import { type Halves, halvesForTuning } from './sample-cases.ts'
import type { Search } from './search-knobs.ts'
import { type SplitName, splitBy } from './split.ts'
import { tuneLearning } from './tune-learning.ts'
import { type PageOptions, tunePage } from './tune-page.ts'

export interface TuneOptions extends Pick<PageOptions, 'sources' | 'texts' | 'trendingHalfLifeS'> {
  readonly split: SplitName
  readonly seed: number
  readonly learning: LearningSettings
  /** What the user's state holds, and what the scenario lets its timescales count. */
  readonly memory: Memory
  readonly rounds: number
  readonly goesOn: () => boolean
  readonly onProgress: (step: { step: string; done: number; total: number }) => void
}

export interface Tuned {
  readonly cases: number
  readonly learning: LearningSettings
  /** How a model is learned, by the worth of its own blend. */
  readonly learned: Search
  /** How a page is made of it, by the worth of its sources together. */
  readonly page: Search
}

/** Searches all knobs on one half of the validation of a split and confirms on the other; its test is never looked at.
 *  First how a model is learned, then, with the model found, how pages are made. @throws HL_DATA when a half has no case */
export async function tune(dataset: Dataset, options: TuneOptions): Promise<Tuned> {
  const { goesOn, learning, memory, onProgress, rounds, seed, sources, split, texts } = options
  const { validation } = splitBy(split, dataset.history)
  const halves = halvesForTuning(validation, seed)
  const cases = [...halves.climbing, ...halves.confirming]
  requireBoth(halves, `the split ${split} of ${dataset.name}`)
  const open = triedOf({ train: validation.train, cases })
  const maskSeen = repeatsAndTies(validation.train).repeatShare < REPEATS_FROM
  const searching = (step: string) => ({
    rounds,
    goesOn,
    onStep: (done: number, total: number) => onProgress({ step, done, total }),
  })
  const fitting = {
    learning,
    seed,
    memory,
    texts,
    maskSeen,
    open,
    onStep: () => {},
  }
  const fitted = { methods: ['blend' as const], without: NOT_LEARNED }
  const learned = await tuneLearning(
    validation,
    halves,
    { ...fitting, ...fitted },
    searching('how models are learned'),
  )
  const { fit } = learned
  const { weights, weightsAfterPause } = fit.methods[0]!
  const { itemIds } = dataset
  const served = servedModel({ itemIds, model: fit.model, repeats: !maskSeen, weights, weightsAfterPause })
  const learnedOf = learnedScores(served, { ...memory, mostRemembered: learned.mostRemembered })
  const page = await tunePage(
    validation,
    halves,
    {
      sources,
      texts,
      trendingHalfLifeS: options.trendingHalfLifeS,
      memory,
      maskSeen,
      open,
      learned: (past) => learnedOf(past).scores,
    },
    searching('how pages are made'),
  )
  return { cases: cases.length, learning: learned.learning, learned: learned.search, page }
}

function requireBoth({ climbing, confirming }: Halves, what: string): void {
  if (climbing.length > 0 && confirming.length > 0) return
  const detail =
    `${what} leaves ${climbing.length} cases of one half of the users to search by and ${confirming.length} of the other ` +
    'to confirm by; give more users, or another split'
  throw new HalflifeError('HL_DATA', detail)
}
