/* A thread of `solveInThreads`: solves one table after another, as it is told to, and posts each. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Sequences } from './sequences.ts'
import { type TableRecipe, tableOf } from './table-recipe.ts'

export interface TableGround {
  readonly sequences: Sequences
  readonly neighbours: number
}

const { sequences, neighbours } = workerData as TableGround

parentPort!.on('message', (recipe: TableRecipe) => {
  parentPort!.postMessage(tableOf(sequences, recipe, neighbours))
})
