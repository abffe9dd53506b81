import { gainOf } from '../learning/gain.ts'
import { type ItemItemTable, solveTables } from '../learning/item-item.ts'
import type { Memory } from '../learning/model-sources.ts'
import { tableSource } from '../learning/sources/table-source.ts'
import { standardScores } from '../learning/standard-scores.ts'
import { countsFor, solvings, type TableKind, tableKinds, tableOf } from '../learning/table-recipe.ts'
import { type Recipe, type TrainedModel, trainRest } from '../learning/train-model.ts'
import { choicesOf } from './choices.ts'
import type { Method } from './method.ts'
import { sourcesOf } from './sources.ts'
import type { Case, Period } from './split.ts'
import { tuneMethods } from './tune-methods.ts'

export interface FitOptions {
  readonly recipe: Recipe
  readonly memory: Memory
  readonly texts: readonly (Float32Array | undefined)[]
  readonly maskSeen: boolean
  /** false for components that are switched off. */
  readonly wanted: (component: string) => boolean
  readonly onStep: (step: string, done: number, total: number) => void
}

export interface Fit {
  readonly methods: readonly Method[]
  readonly recipe: Recipe
}

/** How to solve a table is chosen on a thinner one where the catalog is large: the work grows with the cube of the neighbours,
 *  and what is best hardly depends on them. */
const LARGE_CATALOG = 5_000
const FEW_NEIGHBOURS = 40

/** Chooses how every table is solved, and every weight, on the validation period. */
export function fitOn(validation: Period, cases: readonly Case[], options: FitOptions): Fit {
  const { memory, maskSeen, onStep, texts, wanted } = options
  const { catalogSize } = validation.train
  const tables: ItemItemTable[] = tableKinds.map((kind, k) => {
    onStep('tune: item-item', k, tableKinds.length)
    return bestTable(validation, cases, kind, options)
  })
  const recipe = {
    ...options.recipe,
    tables: tableKinds.map((kind, k) => ({ ...kind, ...tables[k]!.solving! })),
  }
  const rest = trainRest(validation.train, recipe, () => {})
  const model: TrainedModel = { ...rest, tables }
  const ground = { train: validation.train, model, texts, memory, repeats: recipe.repeats }
  const standard = standardScores(sourcesOf(ground), catalogSize, wanted)
  onStep('tune: mixtures', 0, 1)
  const methods = tuneMethods(choicesOf(cases, standard, catalogSize, maskSeen), standard.names)
  return { methods, recipe }
}

function bestTable(
  { train }: Period,
  cases: readonly Case[],
  kind: TableKind,
  { recipe, memory, maskSeen }: FitOptions,
): ItemItemTable {
  const isLarge = train.catalogSize > LARGE_CATALOG
  const counts = countsFor(train, kind, isLarge ? FEW_NEIGHBOURS : recipe.neighbours)
  const tables = solveTables(counts, solvings, kind.decay)
  const sources = tables.map((table, t) => tableSource(String(t), table, memory.mostRemembered))
  const standard = standardScores(sources, train.catalogSize, () => true)
  const choices = choicesOf(cases, standard, train.catalogSize, maskSeen)
  const gains = tables.map((_, t) => gainOf(choices, t, tables.length))
  const best = gains.indexOf(Math.max(...gains))
  return isLarge ? tableOf(train, { ...kind, ...solvings[best]! }, recipe.neighbours) : tables[best]!
}
