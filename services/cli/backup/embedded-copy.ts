import { existsSync } from 'node:fs'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { open } from 'lmdb'
import { folderOf, liveGeneration } from '../../../libs/store/embedded/embedded-generations.ts'
import { switchedMeanwhile } from '../../../libs/store/generation.ts'
import { backupError, type Content } from './backup-folder.ts'

/** One LMDB environment. */
interface Part {
  /** Where it lies in the backup, and, restored, under DATA_DIR. */
  readonly name: string
  readonly path: string
  /** Tables whose entries are counted: name of the table, and what it holds. */
  readonly counted: Readonly<Record<string, string>>
}

const USERS = {
  users: 'users',
  profiles: 'profiles',
  items: 'items',
  partitions: 'positions',
}

/** Copies everything that is kept under DATA_DIR while others write to it, each part as it stands at one moment. The store
 *  comes first: what is appended to the log meanwhile lies behind the store's positions and is taken in again. Of
 *  generations it is the live one, which a restored store has as its first.
 *  @throws HL_BACKUP, HL_STORE_SWITCHED */
export async function copyOut(
  dataDir: string,
  to: string,
  onCopied: (done: number, total: number) => void,
): Promise<Content> {
  const store = join(dataDir, 'store')
  const models = join(store, 'models')
  const generation = await liveGeneration(store)
  const parts: Part[] = [
    { name: 'store', path: folderOf(store, generation), counted: USERS },
    // Not there before the first start of a version that learns.
    ...(existsSync(models) ? [{ name: 'store/models', path: models, counted: { models: 'models' } }] : []),
    { name: 'log', path: join(dataDir, 'log'), counted: {} },
  ]
  const holds: Record<string, number> = {}
  for (const [done, part] of parts.entries()) {
    onCopied(done, parts.length)
    Object.assign(holds, await copyPart(part, to))
  }
  if ((await liveGeneration(store)) !== generation) throw switchedMeanwhile()
  return { generation, holds }
}

async function copyPart({ name, path, counted }: Part, to: string): Promise<Record<string, number>> {
  if (!existsSync(join(path, 'data.mdb'))) throw backupError(`there is no ${name} in ${path}`)
  await mkdir(join(to, name))
  const database = open({ path, noSubdir: false, readOnly: true })
  try {
    await database.backup(join(to, name), true)
    const counts = Object.entries(counted).map(([table, kind]) => [
      kind,
      database.openDB(table, { encoding: 'binary', keyEncoding: 'binary' }).getCount(),
    ])
    return Object.fromEntries(counts)
  } finally {
    await database.close()
  }
}

const PARTS = ['store', 'log']

/** @throws HL_BACKUP when anything is there */
export async function requireEmpty(dataDir: string): Promise<void> {
  for (const part of PARTS) {
    const files = await readdir(join(dataDir, part)).catch(() => [])
    if (files.length > 0)
      throw backupError(`${join(dataDir, part)} is not empty; set DATA_DIR to a new folder`)
  }
}

export async function copyIn(
  from: string,
  dataDir: string,
  onCopied: (done: number, total: number) => void,
): Promise<void> {
  for (const [done, part] of PARTS.entries()) {
    onCopied(done, PARTS.length)
    await cp(join(from, part), join(dataDir, part), { recursive: true })
  }
}
