import { z } from 'zod'
import type { Solving } from './item-item.ts'
import type { TableKind } from './table-recipe.ts'
import type { Recipe } from './train-model.ts'

/** δ, in places of a sequence. */
export const decay = z.number().positive().max(1_000)
/** Of item factors. */
export const MOST_DIMENSIONS = 1_024
/** Of one model, each with a decay of its own. */
export const MOST_TABLES = 12

/** How models are learned, as `learning` stands in `halflife.config.json`. `halflife tune` finds these on your data;
 *  the defaults come from the design's trial. */
export const learningSchema = z
  .strictObject({
    /** K: sources kept for a target of a table. */
    neighbours: z.number().int().min(1).max(1_000).default(100),
    /** Of the item factors. */
    dimension: z.number().int().min(1).max(MOST_DIMENSIONS).default(128),
    /** δ of each table that is counted in order, in places of a sequence. */
    decays: z.array(decay).min(1).max(MOST_TABLES).default([0.7, 2, 8, 40]),
    /** δ by which the table of whole histories is read. */
    wholeHistoryDecay: decay.default(15),
    /** λ from which each table takes the one that ranks the validation best. */
    ridges: z
      .array(z.number().positive().max(1e9))
      .min(1)
      .max(12)
      .default([5, 20, 60, 200, 600, 2_000, 6_000, 20_000]),
  })
  .refine(
    ({ decays, wholeHistoryDecay }) => {
      return new Set([...decays, wholeHistoryDecay]).size === decays.length + 1
    },
    { error: 'names a decay twice, by which tables are told apart' },
  )

export type LearningSettings = z.infer<typeof learningSchema>

export const defaultLearning: LearningSettings = learningSchema.parse({})

export function tableKindsOf({ decays, wholeHistoryDecay }: LearningSettings): TableKind[] {
  return [
    ...decays.map((each) => ({ decay: each, counted: 'in-order' as const })),
    { decay: wholeHistoryDecay, counted: 'together' },
  ]
}

const LIFTS = [0, 0.2]

/** Ways of solving a table, to choose from. */
export function solvingsOf({ ridges }: LearningSettings): Solving[] {
  return ridges.flatMap((ridge) => LIFTS.map((lift) => ({ ridge, lift })))
}

/** Everything but how the tables are solved, which is for a validation to say. */
export function recipeOf(
  { neighbours, dimension }: LearningSettings,
  { seed, repeats }: Pick<Recipe, 'seed' | 'repeats'>,
): Omit<Recipe, 'tables'> {
  return { neighbours, dimension, seed, repeats }
}
