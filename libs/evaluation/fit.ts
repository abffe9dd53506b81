import type { ItemTexts } from '../learning/foretold-factors.ts'
import { inThreads } from '../learning/in-threads.ts'
import type { ItemItemTable } from '../learning/item-item.ts'
import { type LearningSettings, recipeOf, tableKindsOf } from '../learning/learning-settings.ts'
import type { Memory } from '../learning/model-sources.ts'
import type { TableKind } from '../learning/table-recipe.ts'
import { type Recipe, type TrainedModel, trainRest } from '../learning/train-model.ts'
import { tableFinder } from './best-table.ts'
import type { TimedChoice } from './choices.ts'
import { choicesInParts } from './choices-in-parts.ts'
import type { Method, MethodName, PartName } from './method.ts'
import type { Case, Period } from './split.ts'
import { tuneMethods } from './tune-methods.ts'

export interface FitOptions {
  readonly learning: LearningSettings
  readonly seed: number
  readonly memory: Memory
  readonly texts: ItemTexts
  readonly maskSeen: boolean
  /** Whose weights are to be fitted. */
  readonly methods: readonly MethodName[]
  /** Parts that are switched off. */
  readonly without: readonly PartName[]
  /** 1 for items that are ranked at all; all are where it is left out. */
  readonly open?: Uint8Array | undefined
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

/** Chooses how every table is solved, and every weight, on the validation period.
 *  @param cases of the validation, in the order of their time */
export async function fitOn(validation: Period, cases: readonly Case[], options: FitOptions): Promise<Fit> {
  const finding = findTables(validation, cases, tableKindsOf(options.learning), options)
  const rest = restOf(validation, options)
  return fitMixtures(validation, cases, { ...rest, tables: await finding }, options)
}

/** For each kind the table, solved in the way that ranks the validation best. */
export async function findTables(
  { train }: Period,
  cases: readonly Case[],
  kinds: readonly TableKind[],
  { learning, maskSeen, memory, onStep, open }: FitOptions,
): Promise<ItemItemTable[]> {
  let done = 0
  return inThreads(
    { begin: tableFinder, module: './best-table-thread', beside: import.meta.url },
    { train, cases, learning, memory, maskSeen, open },
    kinds,
    { events: train.items.length, onDone: () => onStep('tune: item-item', ++done, kinds.length) },
  )
}

/** What needs no solving. */
export function restOf(
  { train }: Period,
  { learning, maskSeen, seed, texts }: FitOptions,
): Omit<TrainedModel, 'tables'> {
  return trainRest(train, texts, recipeOf(learning, { seed, repeats: !maskSeen }), () => {})
}

/** Chooses every weight, where the model stands: with one table for each kind. */
export async function fitMixtures(
  { train }: Period,
  cases: readonly Case[],
  model: TrainedModel,
  { learning, maskSeen, memory, methods, onStep, open, seed, texts, without }: FitOptions,
): Promise<Fit> {
  const repeats = !maskSeen
  const recipe = {
    ...recipeOf(learning, { seed, repeats }),
    tables: tableKindsOf(learning).map((kind, k) => ({ ...kind, ...model.tables[k]!.solving! })),
  }
  const ground = { train, cases, model, texts, memory, repeats, without, open }
  const { choices, components } = await choicesInParts(ground, (done) => {
    onStep('tune: mixtures', done, cases.length)
  })
  return { methods: tuneMethods(choices, components, methods), recipe, model, choices, components }
}
