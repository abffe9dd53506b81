/* A thread of `inThreads`: finds the best table of one kind after another, as it is told to, and posts each. */
import { parentPort, workerData } from 'node:worker_threads'
import type { TableKind } from '../learning/table-recipe.ts'
import { bestTable, type TableTrial } from './best-table.ts'

const trial = workerData as TableTrial

parentPort!.on('message', (kind: TableKind) => {
  parentPort!.postMessage(bestTable(trial, kind))
})
