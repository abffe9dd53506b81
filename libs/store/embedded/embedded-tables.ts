import { HalflifeError, isHalflifeError, messageOf } from '../../errors/halflife-error.ts'
import type { EpochMs } from '../../interest/time.ts'
import { commitFailure } from '../../lmdb/durable-commits.ts'
import { environmentAt } from './embedded-environment.ts'
import { type ExpiringTable, expiringTable } from './expiring-table.ts'

/** The store's LMDB environment: several processes may have it open at once, each write is one transaction. */
export interface EmbeddedTables {
  readonly about: ExpiringTable
  readonly users: ExpiringTable
  readonly profiles: ExpiringTable
  readonly shown: ExpiringTable
  readonly items: ExpiringTable
  /** Change number, u64 big-endian, → itemId. */
  readonly changes: ExpiringTable
  /** itemId → number of its change. */
  readonly changeOf: ExpiringTable
  readonly embeddings: ExpiringTable
  readonly waiting: ExpiringTable
  readonly partitions: ExpiringTable
  readonly models: ExpiringTable
  /** `<model id>/<part>` → bytes. */
  readonly modelParts: ExpiringTable
  /** Reads what is committed at this moment, by whichever process. @throws HL_STORE_UNAVAILABLE */
  read<T>(action: () => T): T
  /** Runs `action` as one transaction: all of it is on disk when the promise resolves, or, when it throws, nothing.
   *  @throws HL_STORE_UNAVAILABLE */
  write<T>(action: () => T): Promise<T>
  close(): Promise<void>
}

/** @throws HL_SETTING when the folder cannot be used */
export function openTables(path: string, now: () => EpochMs): EmbeddedTables {
  const { root, database, release } = environmentAt(path)
  const table = (name: string): ExpiringTable => expiringTable(database(name), now)
  let closing: Promise<void> | undefined
  const requireOpen = (): void => {
    if (closing)
      throw new HalflifeError('HL_STORE_UNAVAILABLE', `The store in ${path} is closed. Open it again.`)
  }

  return {
    about: table('about'),
    users: table('users'),
    profiles: table('profiles'),
    shown: table('shown'),
    items: table('items'),
    changes: table('changes'),
    changeOf: table('change-of'),
    embeddings: table('embeddings'),
    waiting: table('waiting'),
    partitions: table('partitions'),
    models: table('models'),
    modelParts: table('model-parts'),
    read(action) {
      requireOpen()
      // lmdb reads from one snapshot for a whole turn of the event loop, which would hide what others just wrote.
      root.resetReadTxn()
      return action()
    },
    async write(action) {
      requireOpen()
      try {
        return await root.childTransaction(action)
      } catch (error) {
        throw isHalflifeError(error) ? error : await writeFailed(path, error)
      }
    },
    close() {
      closing ??= release()
      return closing
    },
  }
}

async function writeFailed(path: string, error: unknown): Promise<HalflifeError> {
  const cause = await commitFailure(error)
  const detail = `The store in ${path} could not be written: ${messageOf(cause)}. Free space on its disk, or restart.`
  return new HalflifeError('HL_STORE_UNAVAILABLE', detail, { cause })
}
