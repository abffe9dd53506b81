import { cosineTable } from './cosine-table.ts'
import { countFollowing, type FollowCounts } from './follow-counts.ts'
import { factorItems, type ItemFactors } from './item-factors.ts'
import { type ItemItemTable, solveTable } from './item-item.ts'
import { occurrencesIn, type Sequences } from './sequences.ts'
import { popularityOf } from './sources/popularity.ts'
import { togetherTable } from './together-table.ts'

/** What is learned from histories, all of it plain arrays over item numbers: it can be posted to a thread or written to
 *  disk as it lies. */
export interface TrainedModel {
  readonly catalogSize: number
  /** The item–item model: a table for each decay, in the order of the recipe. */
  readonly tables: readonly ItemItemTable[]
  /** What stands near what in sequences, unsolved. */
  readonly together: readonly ItemItemTable[]
  /** Cosines of items over users. */
  readonly cosines: ItemItemTable
  /** Vectors of the `behavior` space. */
  readonly factors: ItemFactors
  /** float64[catalogSize]: events of each item. */
  readonly popularity: Float64Array
}

export interface Recipe {
  /** δ of each table, in places of a sequence, and its λ. */
  readonly tables: readonly { readonly decay: number; readonly ridge: number }[]
  /** K: sources kept for a target. */
  readonly neighbours: number
  readonly dimension: number
  readonly seed: number
  /** Things are wanted again. */
  readonly repeats: boolean
}

/** The decays come from the design's trial; λ is tuned by whoever trains (see `ridges`). */
export const decays = [0.7, 2, 8, 40] as const
/** λ to choose from: small ones trust the regression, large ones the plain counts. */
export const ridges = [60, 200, 600, 2_000] as const

export const defaultRecipe: Recipe = {
  tables: decays.map((decay) => ({ decay, ridge: 200 })),
  neighbours: 100,
  dimension: 128,
  seed: 1,
  repeats: false,
}

/** How much a row with the whole history counts beside the rows of decayed pasts, whose newest event counts 1. */
const WHOLE_HISTORY = 1
/** One user adds the pairs among so many of their items to what is counted over whole histories. */
export const MOST_DISTINCT = 1_000

/** Counts for one table; solving them for several λ is cheap beside counting. */
export function countsFor(sequences: Sequences, decay: number, neighbours: number): FollowCounts {
  return countFollowing(sequences, { decay, neighbours, wholeHistory: WHOLE_HISTORY })
}

/** Everything, in one thread; `onStep` is told what comes next. */
export function trainModel(
  sequences: Sequences,
  recipe: Recipe,
  onStep: (step: string) => void,
): TrainedModel {
  const tables = recipe.tables.map(({ decay, ridge }) => {
    onStep(`table ${decay}`)
    return solveTable(countsFor(sequences, decay, recipe.neighbours), ridge, decay)
  })
  return { ...trainRest(sequences, recipe, onStep), tables }
}

/** What needs no λ. */
export function trainRest(
  sequences: Sequences,
  recipe: Recipe,
  onStep: (step: string) => void,
): Omit<TrainedModel, 'tables'> {
  const { catalogSize } = sequences
  onStep('cosines')
  const occurrences = occurrencesIn(sequences, MOST_DISTINCT)
  const cosines = cosineTable(occurrences, catalogSize, recipe.repeats)
  onStep('neighbours in sequences')
  const together = [1.5, 5].map((decay) => togetherTable(sequences, occurrences, decay, recipe.repeats))
  onStep('factors')
  const factors = factorItems(occurrences, catalogSize, recipe)
  return { catalogSize, together, cosines, factors, popularity: popularityOf(sequences) }
}
