import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { HalflifeError, messageOf } from '../../errors/halflife-error.ts'
import { durableCommits } from '../../lmdb/durable-commits.ts'

/** An LMDB environment as one of those who have it open sees it. */
export interface EmbeddedEnvironment {
  readonly root: RootDatabase<Buffer, Buffer>
  database(name: string): Database<Buffer, Buffer>
  /** Closes it, when nobody else in this process has it open. */
  release(): Promise<void>
}

interface Open {
  readonly root: RootDatabase<Buffer, Buffer>
  readonly databases: Map<string, Database<Buffer, Buffer>>
  holders: number
}

const MOST_DATABASES = 12

/** What this process has open, by folder. An environment is opened once in a process, and so is each of its databases:
 *  LMDB's opening waits for the thread that writes, and that waits for this one to say what. */
const environments = new Map<string, Open>()

/** @throws HL_SETTING when the folder cannot be used */
export function environmentAt(path: string): EmbeddedEnvironment {
  const key = resolve(path)
  const held = environments.get(key) ?? { root: openFolder(path), databases: new Map(), holders: 0 }
  environments.set(key, held)
  held.holders++
  const { root, databases } = held
  return {
    root,
    database(name) {
      const known = databases.get(name)
      if (known !== undefined) return known
      const opened = root.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' })
      databases.set(name, opened)
      return opened
    },
    async release() {
      if (--held.holders > 0) return
      environments.delete(key)
      await root.close()
    },
  }
}

function openFolder(path: string): RootDatabase<Buffer, Buffer> {
  try {
    mkdirSync(path, { recursive: true })
    return open<Buffer, Buffer>({
      path,
      noSubdir: false,
      maxDbs: MOST_DATABASES,
      encoding: 'binary',
      keyEncoding: 'binary',
      ...durableCommits,
    })
  } catch (error) {
    throw new HalflifeError(
      'HL_SETTING',
      `The store folder ${path} cannot be opened: ${messageOf(error)}. Give a folder that can be written.`,
      { cause: error },
    )
  }
}
