import type { Progress } from '../process/progress.ts'
import { type ProcessOptions, type RunningProcess, startProcess } from '../process/start-process.ts'
import type { OpenLog, OpenStore } from '../process/substrate.ts'
import { demoCatalog } from './demo-catalog.ts'
import { publishItems } from './publish-items.ts'

export interface StandaloneOptions extends Pick<ProcessOptions, 'settings' | 'onOpening' | 'onFailed'> {
  /** Put the demo catalog into a log that has no items yet. */
  readonly demo: boolean
  readonly progress: Progress
}

/** Collector, tracker and scorer in one process, over the embedded log and store unless the settings name others. */
export function startStandalone({ demo, progress, ...options }: StandaloneOptions): Promise<RunningProcess> {
  return startProcess({
    roles: ['collector', 'tracker', 'scorer'],
    service: 'standalone',
    ...options,
    onProgress: progress.report,
    async prepare(opened) {
      if (demo && (await isEmpty(opened))) await addDemo(opened, progress)
      progress.finish()
    },
  })
}

async function isEmpty({ log, topics }: OpenLog): Promise<boolean> {
  const ends = await log.endOffsets(topics.items)
  return [...ends.values()].every((end) => end === 0)
}

async function addDemo(opened: OpenLog & OpenStore, progress: Progress): Promise<void> {
  const items = await demoCatalog()
  await publishItems(items, opened, (done) => {
    progress.report({ step: 'Embedding the demo catalog', done, total: items.length })
  })
}
