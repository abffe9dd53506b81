import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'
import { type BackgroundProcess, type ProcessSpec, startProcess } from './background-process.ts'
import type { NativeService } from './running-service.ts'

export interface NativeRecipe {
  /** Names the temporary folder. */
  readonly name: string
  readonly address: string
  readonly how: string
  /** The caller's data folder, kept; or none. */
  readonly dir: string | undefined
  /** Called before each start with the data folder, which is there but may be empty. */
  readonly prepare: (dataFolder: string) => Promise<ProcessSpec>
}

/** Starts the recipe's process, and again whenever asked to. */
export async function startNativeService(recipe: NativeRecipe): Promise<NativeService> {
  const data = await dataFolder(recipe)
  let running: BackgroundProcess | undefined

  async function start(): Promise<void> {
    if (running !== undefined) return
    await mkdir(data.path, { recursive: true })
    running = await startProcess(await recipe.prepare(data.path))
  }
  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await running?.end(signal)
    running = undefined
  }
  async function stop(): Promise<void> {
    await end(data.kept ? 'SIGTERM' : 'SIGKILL') // what is removed next need not be written out first
    data.release()
  }

  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    address: recipe.address,
    how: recipe.how,
    get pid() {
      return running?.pid
    },
    start,
    stop,
    kill: () => end('SIGKILL'),
  }
}

interface DataFolder {
  readonly path: string
  readonly kept: boolean
  release(): void
}

async function dataFolder({ name, dir }: NativeRecipe): Promise<DataFolder> {
  if (dir !== undefined) return { path: dir, kept: true, release: () => {} }
  const path = await mkdtemp(join(tmpdir(), `halflife-${name}-`))
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  const stayAtExit = atExit(remove)
  return {
    path,
    kept: false,
    release: () => {
      stayAtExit()
      remove()
    },
  }
}
