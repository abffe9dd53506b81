import { gainOf } from '../learning/gain.ts'
import { type ItemItemTable, solveTables } from '../learning/item-item.ts'
import { type LearningSettings, recipeOf, solvingsOf, tableKindsOf } from '../learning/learning-settings.ts'
import type { Memory } from '../learning/model-sources.ts'
import { tableSource } from '../learning/sources/table-source.ts'
import { standardScores } from '../learning/standard-scores.ts'
import { countsFor, type TableKind, tableOf } from '../learning/table-recipe.ts'
import { type Recipe, type TrainedModel, trainRest } from '../learning/train-model.ts'
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

/** How to solve a table is chosen on a thinner one where the catalog is large: the work grows with the cube of the neighbours,
 *  and what is best hardly depends on them. */
const LARGE_CATALOG = 5_000
const FEW_NEIGHBOURS = 40

/** Chooses how every table is solved, and every weight, on the validation period. */
export function fitOn(validation: Period, cases: readonly Case[], options: FitOptions): Fit {
  const kinds = tableKindsOf(options.learning)
  const tables = kinds.map((kind, k) => {
    options.onStep('tune: item-item', k, kinds.length)
    return bestTable(validation, cases, kind, options)
  })
  return fitMixtures(validation, cases, tables, options)
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

/** Solved in the way that ranks the validation best. */
export function bestTable(
  { train }: Period,
  cases: readonly Case[],
  kind: TableKind,
  { learning, memory, maskSeen }: FitOptions,
): ItemItemTable {
  const isLarge = train.catalogSize > LARGE_CATALOG
  const counts = countsFor(train, kind, isLarge ? FEW_NEIGHBOURS : learning.neighbours)
  const solvings = solvingsOf(learning)
  const tables = solveTables(counts, solvings, kind.decay)
  const sources = tables.map((table, t) => tableSource(String(t), table, memory.mostRemembered))
  const standard = standardScores(sources, train.catalogSize, () => true)
  const choices = choicesOf(cases, standard, train.catalogSize, maskSeen)
  const gains = tables.map((_, t) => gainOf(choices, t, tables.length))
  const best = gains.indexOf(Math.max(...gains))
  return isLarge ? tableOf(train, { ...kind, ...solvings[best]! }, learning.neighbours) : tables[best]!
}
