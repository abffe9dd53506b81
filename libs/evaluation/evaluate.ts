import { HalflifeError } from '../errors/halflife-error.ts'
import type { ItemTexts } from '../learning/foretold-factors.ts'
import type { LearningSettings } from '../learning/learning-settings.ts'
import { behaviorVectors, type Memory } from '../learning/model-sources.ts'
import { type Recipe, type TrainedModel, trainModel } from '../learning/train-model.ts'
import { chanceOf } from './chance.ts'
import { repeatsAndTies } from './clean.ts'
import { newestTenth } from './exposure.ts'
import { type FitOptions, fitOn } from './fit.ts'
import type { Dataset, History } from './history-data.ts'
import { accuraciesOf, type MethodResult, measure } from './measure.ts'
import type { Method, MethodName, PartName } from './method.ts'
import { PROPOSALS } from './rank-cases.ts'
import { rankInParts } from './rank-in-parts.ts'
import type { Ranked } from './ranked.ts'
import { sampleCases, sampleForTuning } from './sample-cases.ts'
import { type Case, type SplitName, splitBy } from './split.ts'
import { groupingsOf } from './user-groups.ts'

export interface EvaluateOptions {
  readonly split: SplitName
  readonly seed: number
  /** By item number; undefined where there is no text. */
  readonly texts: ItemTexts
  readonly memory: Memory
  readonly learning: LearningSettings
  readonly methods: readonly MethodName[]
  readonly without: readonly PartName[]
  /** More test cases than this are sampled. */
  readonly mostCases: number
  readonly onProgress: (step: { step: string; done: number; total: number }) => void
}

export interface Protocol {
  readonly split: SplitName
  readonly seed: number
  readonly maskSeen: boolean
  readonly mostRemembered: number
  readonly validationCases: number
  readonly testCases: number
  /** Test cases there were before sampling. */
  readonly testCasesBeforeSampling: number
  readonly learnedEvents: number
  readonly without: readonly PartName[]
  readonly baseline: MethodName
  /** What an order drawn by lot would come to. */
  readonly chance: Readonly<Record<string, number>>
  /** What each component proposes for a page. */
  readonly proposals: number
  readonly learning: LearningSettings
  /** λ of each table, chosen on the validation. */
  readonly ridges: readonly { readonly decay: number; readonly ridge: number }[]
}

export interface Evaluation {
  readonly protocol: Protocol
  readonly methods: readonly MethodResult[]
  /** For reports: the cases in the order of their time, and what each method made of them. */
  readonly cases: readonly Case[]
  readonly ranked: readonly (readonly Ranked[])[]
}

/** From this share of repeated events on, what a user had before may be what they want next. */
export const REPEATS_FROM = 0.02

/** Learns from the training part, tunes on the validation, asks about the test.
 *  @throws HL_DATA when the split leaves nothing to ask */
export async function evaluate(dataset: Dataset, asked: EvaluateOptions): Promise<Evaluation> {
  const options = { ...asked, texts: asked.without.includes('text') ? [] : asked.texts }
  const split = splitBy(options.split, dataset.history)
  // Whether things are wanted again is read off what was learned from, not off what is asked.
  const maskSeen = repeatsAndTies(split.test.train).repeatShare < REPEATS_FROM
  const cases = sampleCases(split.test.cases, options.mostCases, options.seed)
  if (cases.length === 0) {
    throw new HalflifeError(
      'HL_DATA',
      `the split ${options.split} of ${dataset.name} leaves no user to ask about`,
    )
  }
  const validated = sampleForTuning(split.validation, options.seed)
  const { recipe, methods: fitted } = await fitOn(split.validation, validated, fitOptions(maskSeen, options))
  const model = await learn(split.test.train, recipe, options)
  const methods = wantedOf(fitted, options)
  const ranked = await rankTest(cases, methods, split.test.train, model, maskSeen, options)
  const baseline = baselineOf(methods)
  const comparison = { name: methods[baseline]!.name, accuracies: accuraciesOf(ranked[baseline]!) }
  const vectors = asked.texts.some((text) => text !== undefined) ? asked.texts : behaviorVectors(model)
  const measuring = {
    shown: { popularity: model.popularity, vectors, isNew: newestTenth(split.test.train) },
    groupings: groupingsOf(cases, dataset),
    seed: options.seed,
  }
  const protocol: Protocol = {
    split: options.split,
    seed: options.seed,
    maskSeen,
    mostRemembered: options.memory.mostRemembered,
    validationCases: validated.length,
    testCases: cases.length,
    testCasesBeforeSampling: split.test.cases.length,
    learnedEvents: split.test.train.items.length,
    without: options.without,
    baseline: comparison.name,
    chance: chanceOf(cases, dataset.history.catalogSize, maskSeen),
    proposals: PROPOSALS,
    learning: options.learning,
    ridges: recipe.tables,
  }
  const results = methods.map((method, m) => measure(method, cases, ranked[m]!, comparison, measuring))
  return { protocol, methods: results, cases, ranked }
}

/** @throws HL_DATA when nothing of them can be had, such as `text` of a catalog without text */
function wantedOf(fitted: readonly Method[], { methods, without }: EvaluateOptions): Method[] {
  const wanted = fitted.filter(({ name }) => methods.includes(name))
  if (wanted.length > 0) return wanted
  const off = without.length > 0 ? `, without ${without.join(', ')}` : ''
  throw new HalflifeError('HL_DATA', `nothing is left to rank by of ${methods.join(', ')}${off}`)
}

function fitOptions(
  maskSeen: boolean,
  { learning, memory, methods, onProgress, seed, texts, without }: EvaluateOptions,
): FitOptions {
  return {
    learning,
    seed,
    methods,
    memory,
    texts,
    maskSeen,
    without,
    onStep: (step, done, total) => onProgress({ step, done, total }),
  }
}

function learn(
  train: History,
  recipe: Recipe,
  { onProgress, texts }: EvaluateOptions,
): Promise<TrainedModel> {
  const total = recipe.tables.length + 3
  let done = 0
  return trainModel(train, texts, recipe, () => onProgress({ step: 'learn', done: done++, total }))
}

function rankTest(
  cases: readonly Case[],
  methods: readonly Method[],
  train: History,
  model: TrainedModel,
  maskSeen: boolean,
  { memory, onProgress, texts, without }: EvaluateOptions,
): Promise<Ranked[][]> {
  const ground = { cases, methods, train, model, texts, memory, repeats: !maskSeen, without }
  return rankInParts(ground, (done) => onProgress({ step: 'rank', done, total: cases.length }))
}

/** What differences are taken to: the strongest of the plain methods that was asked for. */
function baselineOf(methods: readonly Method[]): number {
  const preferred = ['item-knn', 'popularity'].map((wanted) =>
    methods.findIndex(({ name }) => name === wanted),
  )
  return preferred.find((at) => at !== -1) ?? 0
}
