/* A thread of `inThreads`: solves one table after another, as it is told to, and posts each. */
import { parentPort, workerData } from 'node:worker_threads'
import { type TableGround, type TableRecipe, tableOf } from './table-recipe.ts'

const ground = workerData as TableGround

parentPort!.on('message', (recipe: TableRecipe) => {
  parentPort!.postMessage(tableOf(ground, recipe))
})
