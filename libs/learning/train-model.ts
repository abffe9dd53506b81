import { cosineTable } from './cosine-table.ts'
import { foretellFactors, type ItemTexts } from './foretold-factors.ts'
import { inThreads } from './in-threads.ts'
import { factorItems, type ItemFactors } from './item-factors.ts'
import type { ItemItemTable } from './item-item.ts'
import { learnReturns, type Returns } from './returns.ts'
import { occurrencesIn, type TimedSequences } from './sequences.ts'
import { learnLately } from './sources/lately.ts'
import { popularityOf } from './sources/popularity.ts'
import { type TableRecipe, tableSolver } from './table-recipe.ts'
import { togetherTable } from './together-table.ts'
import { type Trails, trailsOf } from './trails.ts'

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
  /** The histories themselves, for session-kNN. */
  readonly trails: Trails
  /** float64[catalogSize]: events of each item. */
  readonly popularity: Float64Array
  /** What was wanted lately as the history ended. */
  readonly lately: readonly Float64Array[]
  /** Where things are wanted again. */
  readonly returns?: Returns | undefined
}

export interface Recipe {
  readonly tables: readonly TableRecipe[]
  /** K: sources kept for a target. */
  readonly neighbours: number
  readonly dimension: number
  readonly seed: number
  /** Things are wanted again. */
  readonly repeats: boolean
}

/** One user adds the pairs among so many of their items to what is counted over whole histories. */
export const MOST_DISTINCT = 1_000

/** By which the table of what stands near what is read. */
const TOGETHER_DECAYS = [1.5, 5]

/** How tables are solved in threads. */
export const solvingTables = { begin: tableSolver, module: './table-thread', beside: import.meta.url }

/** Everything: of large histories the tables in threads of their own, and meanwhile the rest in this one. `onStep` is told
 *  what is done. */
export async function trainModel(
  sequences: TimedSequences,
  texts: ItemTexts,
  recipe: Recipe,
  onStep: (step: string) => void,
): Promise<TrainedModel> {
  const { starts, items, catalogSize } = sequences
  const ground = { sequences: { starts, items, catalogSize }, neighbours: recipe.neighbours }
  const solving = inThreads(solvingTables, ground, recipe.tables, {
    events: items.length,
    onDone: ({ decay }) => onStep(`table ${decay}`),
  })
  return { ...trainRest(sequences, texts, recipe, onStep), tables: await solving }
}

/** What needs no solving. */
export function trainRest(
  sequences: TimedSequences,
  texts: ItemTexts,
  recipe: Omit<Recipe, 'tables'>,
  onStep: (step: string) => void,
): Omit<TrainedModel, 'tables'> {
  const { catalogSize } = sequences
  onStep('cosines')
  const occurrences = occurrencesIn(sequences, MOST_DISTINCT)
  const cosines = cosineTable(occurrences, catalogSize, recipe.repeats)
  onStep('neighbours in sequences')
  const near = togetherTable(sequences, occurrences, recipe.repeats)
  const together = TOGETHER_DECAYS.map((decay) => ({ ...near, decay }))
  const trails = trailsOf(sequences, occurrences)
  onStep('factors')
  const popularity = popularityOf(sequences)
  const factors = foretellFactors(factorItems(sequences, recipe), popularity, texts)
  onStep('returns')
  const returns = recipe.repeats ? learnReturns(sequences) : undefined
  return {
    catalogSize,
    together,
    cosines,
    factors,
    trails,
    popularity,
    lately: learnLately(sequences),
    returns,
  }
}
