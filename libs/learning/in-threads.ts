import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { parentPort, Worker, workerData } from 'node:worker_threads'

/** One function, to be run on many jobs over the same ground. */
export interface ThreadedWork<Ground, Job, Result> {
  readonly begin: (ground: Ground) => (job: Job) => Result
  /** Module of a thread: it serves `begin` by `serveThread`. */
  readonly module: string
  /** `import.meta.url` of whoever names the module. */
  readonly beside: string
}

/** Fewer events than this are learned from before a thread has started. */
const WORTH_THREADS = 50_000

/** Does the jobs in as many threads as there are processors, or in this one where there are few events: the same results as
 *  one after the other, in the order of the jobs. A thread that fails fails the call. */
export async function inThreads<Ground, Job, Result>(
  work: ThreadedWork<Ground, Job, Result>,
  ground: Ground,
  jobs: readonly Job[],
  { events, onDone }: { events: number; onDone: (job: Job) => void },
): Promise<Result[]> {
  if (events < WORTH_THREADS) {
    const run = work.begin(ground)
    return jobs.map((job) => {
      const result = run(job)
      onDone(job)
      return result
    })
  }
  const results: Result[] = []
  const waiting = jobs.entries()
  const takeJobs = async (): Promise<void> => {
    const thread = startThread(work, ground)
    try {
      for (const [at, job] of waiting) {
        thread.postMessage(job)
        const [result] = await once(thread, 'message')
        results[at] = result as Result
        onDone(job)
      }
    } finally {
      await thread.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, takeJobs))
  return results
}

/** In a thread: does each job that is sent. */
export function serveThread<Ground, Job, Result>(begin: (ground: Ground) => (job: Job) => Result): void {
  const run = begin(workerData as Ground)
  parentPort!.on('message', (job: Job) => {
    parentPort!.postMessage(run(job))
  })
}

/** The thread's module has the extension of the one beside it: `.js` once compiled. In tests and under tsx it is `.ts`,
 *  which a thread of Node 20 reads only once it has registered tsx by itself. */
function startThread(
  { module, beside }: Pick<ThreadedWork<never, never, never>, 'module' | 'beside'>,
  ground: unknown,
): Worker {
  const extension = extname(beside)
  const entry = new URL(`${module}${extension}`, beside)
  if (extension === '.js') return new Worker(entry, { workerData: ground })
  const [tsx, script] = [import.meta.resolve('tsx/esm/api'), entry.href].map((url) => JSON.stringify(url))
  const registered = `import(${tsx}).then(({ register }) => { register(); return import(${script}) })`
  return new Worker(registered, { eval: true, workerData: ground })
}
