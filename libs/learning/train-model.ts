import { cosineTable } from './cosine-table.ts'
import { countFollowing, type FollowCounts } from './follow-counts.ts'
import { factorItems, type ItemFactors } from './item-factors.ts'
import { type ItemItemTable, type Solving, solveTables } from './item-item.ts'
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
  readonly tables: readonly (TableKind & Solving)[]
  /** K: sources kept for a target. */
  readonly neighbours: number
  readonly dimension: number
  readonly seed: number
  /** Things are wanted again. */
  readonly repeats: boolean
}

/** What a table is counted from. */
export interface TableKind {
  /** δ, in places of a sequence. */
  readonly decay: number
  /** From pasts and what followed them, or from whole histories alone, in which nothing comes before anything else. */
  readonly counted: 'in-order' | 'together'
}

/** The decays in order come from the design's trial. */
export const tableKinds: readonly TableKind[] = [
  ...[0.7, 2, 8, 40].map((decay) => ({ decay, counted: 'in-order' as const })),
  { decay: 15, counted: 'together' },
]
/** Ways of solving a table, to choose from. */
export const solvings: readonly Solving[] = [60, 200, 600, 2_000].flatMap((ridge) => {
  return [0, 0.2].map((lift) => ({ ridge, lift }))
})

export const defaultRecipe: Recipe = {
  tables: tableKinds.map((kind) => ({ ...kind, ridge: 600, lift: 0.2 })),
  neighbours: 100,
  dimension: 128,
  seed: 1,
  repeats: false,
}

/** How much a row with the whole history counts beside the rows of decayed pasts, whose newest event counts 1. */
const WHOLE_HISTORY = 1
/** One user adds the pairs among so many of their items to what is counted over whole histories. */
export const MOST_DISTINCT = 1_000

/** Counts for one table; solving them in several ways is cheap beside counting. */
export function countsFor(
  sequences: Sequences,
  { decay, counted }: TableKind,
  neighbours: number,
): FollowCounts {
  return countFollowing(sequences, { decay, counted, neighbours, wholeHistory: WHOLE_HISTORY })
}

/** Everything, in one thread; `onStep` is told what comes next. */
export function trainModel(
  sequences: Sequences,
  recipe: Recipe,
  onStep: (step: string) => void,
): TrainedModel {
  const tables = recipe.tables.map((table) => {
    onStep(`table ${table.decay}`)
    return solveTables(countsFor(sequences, table, recipe.neighbours), [table], table.decay)[0]!
  })
  return { ...trainRest(sequences, recipe, onStep), tables }
}

/** What needs no solving. */
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
  const factors = factorItems(sequences, recipe)
  return { catalogSize, together, cosines, factors, popularity: popularityOf(sequences) }
}
