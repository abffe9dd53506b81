import { inThreads } from '../learning/in-threads.ts'
import type { ItemItemTable } from '../learning/item-item.ts'
import { type LearningSettings, recipeOf, tableKindsOf } from '../learning/learning-settings.ts'
import type { Memory } from '../learning/model-sources.ts'
import { standardScores } from '../learning/standard-scores.ts'
import { type Recipe, type TrainedModel, trainRest } from '../learning/train-model.ts'
import { type TableTrial, tableFinder } from './best-table.ts'
import { choicesOf, type TimedChoice } from './choices.ts'
import type { Method, MethodName } from './method.ts'
import { sourcesOf } from './sources.ts'
import type { Case, Period } from './split.ts'
import { tuneMethods } from './tune-methods.ts'

export interface FitOptions {
  readonly learning: LearningSettings
  readonly seed: number
  readonly memory: Memory
  readonly texts: readonly (Float32Array | undefined)[]
  readonly maskSeen: boolean
  /** Whose weights are to be fitted. */
  readonly methods: readonly MethodName[]
  /** false for components that are switched off. */
  readonly wanted: (component: string) => boolean
  readonly onStep: (step: string, done: number, total: number) => void
}

export interface Fit {
  readonly methods: readonly Method[]
  readonly recipe: Recipe
  /** What was learned from the training part of the validation, */
  readonly model: TrainedModel
  /** and the choices in it by which the weights were fitted: scores of these components. */
  readonly choices: readonly TimedChoice[]
  readonly components: readonly string[]
}

const findingTables = { begin: tableFinder, module: './best-table-thread', beside: import.meta.url }

/** Chooses how every table is solved, and every weight, on the validation period. */
export async function fitOn(validation: Period, cases: readonly Case[], options: FitOptions): Promise<Fit> {
  const kinds = tableKindsOf(options.learning)
  const trial = tableTrial(validation, cases, options)
  let done = 0
  const tables = await inThreads(findingTables, trial, kinds, {
    events: trial.train.items.length,
    onDone: () => options.onStep('tune: item-item', ++done, kinds.length),
  })
  return fitMixtures(validation, cases, tables, options)
}

/** Nothing but what a thread can be sent. */
export function tableTrial(
  { train }: Period,
  cases: readonly Case[],
  { learning, memory, maskSeen }: FitOptions,
): TableTrial {
  return { train, cases, learning, memory, maskSeen }
}

/** Chooses every weight, where the tables stand: one for each kind, as `bestTable` gives them. */
export function fitMixtures(
  validation: Period,
  cases: readonly Case[],
  tables: readonly ItemItemTable[],
  options: FitOptions,
): Fit {
  const { learning, maskSeen, memory, onStep, seed, texts, wanted } = options
  const { catalogSize } = validation.train
  const recipe = {
    ...recipeOf(learning, { seed, repeats: !maskSeen }),
    tables: tableKindsOf(learning).map((kind, k) => ({ ...kind, ...tables[k]!.solving! })),
  }
  const rest = trainRest(validation.train, recipe, () => {})
  const model: TrainedModel = { ...rest, tables }
  const ground = { train: validation.train, model, texts, memory, repeats: recipe.repeats }
  const standard = standardScores(sourcesOf(ground), catalogSize, wanted)
  onStep('tune: mixtures', 0, 1)
  const choices = choicesOf(cases, standard, catalogSize, maskSeen)
  const methods = tuneMethods(choices, standard.names, options.methods)
  return { methods, recipe, model, choices, components: standard.names }
}
