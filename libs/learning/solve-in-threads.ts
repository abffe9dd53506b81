import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ItemItemTable } from './item-item.ts'
import type { TableRecipe } from './table-recipe.ts'
import type { TableGround } from './table-thread.ts'

/** Solves the tables in as many threads as there are processors: the same tables as one after the other, in the order of
 *  the recipes. A thread that fails fails the call. */
export async function solveInThreads(
  ground: TableGround,
  recipes: readonly TableRecipe[],
  onSolved: (recipe: TableRecipe) => void,
): Promise<ItemItemTable[]> {
  const { starts, items, catalogSize } = ground.sequences
  const workerData: TableGround = { ...ground, sequences: { starts, items, catalogSize } }
  const tables: ItemItemTable[] = []
  const waiting = recipes.entries()
  const work = async (): Promise<void> => {
    const thread = startThread(workerData)
    try {
      for (const [at, recipe] of waiting) {
        thread.postMessage(recipe)
        const [table] = await once(thread, 'message')
        tables[at] = table as ItemItemTable
        onSolved(recipe)
      }
    } finally {
      await thread.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), recipes.length) }, work))
  return tables
}

/** The thread's module has the extension of this file: `.js` once compiled. In tests and under tsx it is `.ts`, which a
 *  thread of Node 20 reads only once it has registered tsx by itself. */
function startThread(workerData: TableGround): Worker {
  const extension = extname(import.meta.url)
  const module = new URL(`./table-thread${extension}`, import.meta.url)
  if (extension === '.js') return new Worker(module, { workerData })
  const [tsx, entry] = [import.meta.resolve('tsx/esm/api'), module.href].map((url) => JSON.stringify(url))
  const script = `import(${tsx}).then(({ register }) => { register(); return import(${entry}) })`
  return new Worker(script, { eval: true, workerData })
}
