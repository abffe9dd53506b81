import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HalflifeError, messageOf } from '../../errors/halflife-error.ts'
import { FIRST_GENERATION, type Generations, storeSwitched } from '../generation.ts'
import { decodeForgotten, FORGOTTEN } from '../user-codec.ts'
import { type EmbeddedTables, openTables } from './embedded-tables.ts'
import { unpackRecord } from './packed-record-codec.ts'

/* A store's folder:
 *
 *   data.mdb, lock.mdb   the first generation
 *   g<generation>/       any other, each an LMDB environment
 *   generation           the live one's name; absent: the first */
const POINTER = 'generation'
const FOLDER = /^g(\d+-[0-9a-f]{8})$/
const NOT_THERE = new Set<unknown>(['ENOENT', 'ENOTDIR'])
const OF_FIRST = ['data.mdb', 'lock.mdb']

export function folderOf(path: string, generation: string): string {
  return generation === FIRST_GENERATION ? path : join(path, `g${generation}`)
}

/** The name of the live generation. @throws HL_STORE_UNAVAILABLE */
export function liveGeneration(path: string): string {
  try {
    return readFileSync(join(path, POINTER), 'utf8').trim()
  } catch (error) {
    // What is wrong with the folder itself is said by whoever opens it.
    if (error instanceof Error && 'code' in error && NOT_THERE.has(error.code)) return FIRST_GENERATION
    throw unavailable(path, error)
  }
}

export function embeddedGenerations(path: string): Generations {
  const live = async () => liveGeneration(path)
  const opened = new Map<string, EmbeddedTables>()

  function tablesOf(generation: string): EmbeddedTables | undefined {
    const folder = folderOf(path, generation)
    const held = opened.get(folder)
    if (held !== undefined || !existsSync(join(folder, OF_FIRST[0]!))) return held
    const tables = openTables(folder, Date.now)
    opened.set(folder, tables)
    return tables
  }

  return {
    live,
    async switchOver(from, to) {
      const current = await live()
      if (current !== from) throw storeSwitched(current)
      await replaceFile(join(path, POINTER), `${to}\n`).catch((error: unknown) => {
        throw unavailable(path, error)
      })
    },
    async remove(isUnwanted) {
      await mkdir(path, { recursive: true })
      const names = (await readdir(path))
        .map((name) => FOLDER.exec(name)?.[1])
        .filter((name) => name !== undefined)
      const first = existsSync(join(path, OF_FIRST[0]!)) ? [FIRST_GENERATION] : []
      const removed = [...first, ...names].filter(isUnwanted)
      for (const generation of removed) {
        const paths =
          generation === FIRST_GENERATION
            ? OF_FIRST.map((file) => join(path, file))
            : [folderOf(path, generation)]
        for (const each of paths) await rm(each, { recursive: true, force: true, maxRetries: 3 })
      }
      return removed
    },
    async forgottenAt(generation, userIds) {
      const tables = tablesOf(generation)
      if (tables === undefined) return userIds.map(() => 0)
      return tables.read(() =>
        userIds.map((userId) => {
          const packed = tables.users.get(Buffer.from(userId))
          return decodeForgotten(packed && unpackRecord(packed).get(FORGOTTEN)).forgottenAtMs
        }),
      )
    },
    async close() {
      await Promise.all([...opened.values()].map((tables) => tables.close()))
    },
  }
}

/** Readers find the old text or the new one, also after a power loss. */
async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.new`
  const file = await open(beside, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

function unavailable(path: string, error: unknown): HalflifeError {
  const detail = `which generation of the store in ${path} is live cannot be read or written: ${messageOf(error)}`
  return new HalflifeError('HL_STORE_UNAVAILABLE', detail, { cause: error })
}
