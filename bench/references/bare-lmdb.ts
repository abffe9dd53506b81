import { open } from 'lmdb'
import type { LogRecord } from '../../libs/log/event-log.ts'

/** One batch of the tracker: the users that its records touch, each with the bytes of its state. */
export type StateBatch = readonly (readonly [user: Buffer, state: Buffer])[]

const APPENDS_AT_ONCE = 8

/** The least that anybody must do to have these events and states on disk: LMDB alone, in the folder, with the same bytes,
 *  transactions and syncs as the product. Returns ms. */
export async function bareLmdb(
  folder: string,
  appends: readonly (readonly LogRecord[])[],
  states: readonly StateBatch[],
): Promise<number> {
  const beganMs = performance.now()
  await Promise.all([writeLog(`${folder}/log`, appends), writeStates(`${folder}/store`, states)])
  return performance.now() - beganMs
}

/** As many appends under way as there were requests. */
async function writeLog(path: string, appends: readonly (readonly LogRecord[])[]): Promise<void> {
  const root = open<unknown, (string | number)[]>({ path, maxDbs: 2 })
  const records = root.openDB<unknown, (string | number)[]>('records', {})
  let next = 0
  const worker = async () => {
    while (next < appends.length) {
      const append = appends[next++]!
      await root.transaction(() => {
        for (const { topic, partition, offset, timestampMs, key, value, headers } of append)
          records.putSync([topic, partition, offset], [timestampMs, key!.toString(), value, headers])
      })
      await root.flushed
    }
  }
  await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, worker))
  await root.close()
}

async function writeStates(path: string, batches: readonly StateBatch[]): Promise<void> {
  const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
  const root = open<Buffer, Buffer>({
    path,
    maxDbs: 2,
    overlappingSync: false,
    eventTurnBatching: false,
    ...binary,
  })
  const users = root.openDB<Buffer, Buffer>('users', binary)
  for (const batch of batches) {
    await root.childTransaction(() => {
      for (const [user, state] of batch) {
        users.getBinary(user)
        users.putSync(user, state)
      }
    })
  }
  await root.close()
}
