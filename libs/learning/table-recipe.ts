import { countFollowing, type FollowCounts } from './follow-counts.ts'
import { type ItemItemTable, type Solving, solveTables } from './item-item.ts'
import type { Sequences } from './sequences.ts'

/** What a table is counted from. */
export interface TableKind {
  /** δ, in places of a sequence. */
  readonly decay: number
  /** From pasts and what followed them, or from whole histories alone, in which nothing comes before anything else. */
  readonly counted: 'in-order' | 'together'
}

export type TableRecipe = TableKind & Solving

/** How much a row with the whole history counts beside the rows of decayed pasts, whose newest event counts 1. */
const WHOLE_HISTORY = 1

/** Counts for one table; solving them in several ways is cheap beside counting. */
export function countsFor(
  sequences: Sequences,
  { decay, counted }: TableKind,
  neighbours: number,
): FollowCounts {
  return countFollowing(sequences, { decay, counted, neighbours, wholeHistory: WHOLE_HISTORY })
}

/** What tables of one history have in common. */
export interface TableGround {
  readonly sequences: Sequences
  /** K: sources kept for a target. */
  readonly neighbours: number
}

export function tableSolver({ sequences, neighbours }: TableGround): (recipe: TableRecipe) => ItemItemTable {
  return (recipe) => solveTables(countsFor(sequences, recipe, neighbours), [recipe], recipe.decay)[0]!
}
