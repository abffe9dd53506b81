import { existsSync } from 'node:fs'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { open } from 'lmdb'
import { folderOf, liveGeneration } from '../../../libs/store/embedded/embedded-generations.ts'
import { switchedMeanwhile } from '../../../libs/store/generation.ts'
import { backupError, type Content, type KeptIn } from './backup-folder.ts'

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

/** What a variable of the environment would name instead, where a part is not under DATA_DIR. */
const ELSEWHERE = { store: 'REDIS_URL', log: 'KAFKA_BROKERS' } as const

export type EmbeddedPart = keyof typeof ELSEWHERE

export function embeddedParts({ keptIn, logKeptIn }: KeptIn): EmbeddedPart[] {
  return [
    ...(keptIn === 'embedded' ? ['store' as const] : []),
    ...(logKeptIn === 'embedded' ? ['log' as const] : []),
  ]
}

type OnCopied = (done: number, total: number) => void

/** Copies the store under DATA_DIR while others write to it, each part as it stands at one moment. Of generations it is the
 *  live one, which a restored store has as its first.
 *  @throws HL_BACKUP, HL_STORE_SWITCHED */
export async function copyStoreOut(dataDir: string, to: string, onCopied: OnCopied): Promise<Content> {
  const store = join(dataDir, 'store')
  const models = join(store, 'models')
  const generation = await liveGeneration(store)
  const parts: Part[] = [
    { name: 'store', path: folderOf(store, generation), counted: USERS },
    // Not there before the first start of a version that learns.
    ...(existsSync(models) ? [{ name: 'store/models', path: models, counted: { models: 'models' } }] : []),
  ]
  const holds: Record<string, number> = {}
  for (const [done, part] of parts.entries()) {
    onCopied(done, parts.length)
    Object.assign(holds, await copyPart(part, to))
  }
  if ((await liveGeneration(store)) !== generation) throw switchedMeanwhile()
  return { generation, holds }
}

/** Copies the log under DATA_DIR, as it stands at one moment. To be called after the store was copied: what is appended
 *  meanwhile lies behind the store's positions and is taken in again. @throws HL_BACKUP */
export async function copyLogOut(dataDir: string, to: string): Promise<void> {
  await copyPart({ name: 'log', path: join(dataDir, 'log'), counted: {} }, to)
}

async function copyPart({ name, path, counted }: Part, to: string): Promise<Record<string, number>> {
  if (!existsSync(join(path, 'data.mdb'))) {
    const elsewhere = ELSEWHERE[name === 'log' ? 'log' : 'store']
    throw backupError(
      `there is no ${name} in ${path}; set ${elsewhere}, or DATA_DIR, as they are set where services run`,
    )
  }
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

/** @throws HL_BACKUP when anything is there */
export async function requireEmpty(dataDir: string, parts: readonly EmbeddedPart[]): Promise<void> {
  for (const part of parts) {
    const files = await readdir(join(dataDir, part)).catch(() => [])
    if (files.length > 0)
      throw backupError(`${join(dataDir, part)} is not empty; set DATA_DIR to a new folder`)
  }
}

export async function copyIn(
  from: string,
  dataDir: string,
  parts: readonly EmbeddedPart[],
  onCopied: OnCopied,
): Promise<void> {
  for (const [done, part] of parts.entries()) {
    onCopied(done, parts.length)
    await cp(join(from, part), join(dataDir, part), { recursive: true })
  }
}
