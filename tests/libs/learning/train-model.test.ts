import { describe, expect, it } from 'vitest'
import { inThreads } from '../../../libs/learning/in-threads.ts'
import { defaultLearning, recipeOf, tableKindsOf } from '../../../libs/learning/learning-settings.ts'
import { type TableGround, tableSolver } from '../../../libs/learning/table-recipe.ts'
import { solvingTables, trainModel } from '../../../libs/learning/train-model.ts'
import { sequencesOf } from './sample-sequences.ts'

const sequences = sequencesOf(
  Array.from({ length: 30 }, (_, u) => Array.from({ length: 8 }, (_, p) => (u * 3 + p * (1 + (u % 2))) % 12)),
  12,
)
const recipes = tableKindsOf(defaultLearning).map((kind) => ({ ...kind, ridge: 600, lift: 0.2 }))
const recipe = { ...recipeOf(defaultLearning, { seed: 1, repeats: false }), tables: recipes }
const { neighbours } = recipe
const inThreadsOf = (ground: TableGround) => {
  return inThreads(solvingTables, ground, recipes, { events: Number.POSITIVE_INFINITY, onDone: () => {} })
}
/** Threads that read TypeScript take a while to start. */
const PATIENCE_MS = 60_000

describe('training', () => {
  it(
    'solves in threads the tables that are solved one after the other, in the same order',
    async () => {
      const tables = await inThreadsOf({ sequences, neighbours })
      expect(tables).toEqual(recipes.map(tableSolver({ sequences, neighbours })))
    },
    PATIENCE_MS,
  )

  it(
    'fails when a thread fails',
    async () => {
      const broken = { ...sequences, catalogSize: -1 }
      await expect(inThreadsOf({ sequences: broken, neighbours })).rejects.toThrow(/length/)
    },
    PATIENCE_MS,
  )

  it('learns the same from the same', async () => {
    const train = () => trainModel(sequences, [], recipe, () => {})
    expect(await train()).toEqual(await train())
  })
})
