import type { Database } from 'lmdb'
import type { DurationMs, EpochMs } from '../../interest/time.ts'

/** A sorted table whose entries end by themselves, as Redis keys do. Each value begins with the time of its end:
 *
 *   f64 expiresAt, ms since the epoch, little-endian; infinity: never | value
 *
 *  An entry that has expired is not there for any reader. Its bytes go when a sweep comes by. */
export interface ExpiringTable {
  get(key: Buffer): Buffer | undefined
  /** As `get`, without a copy: valid until the next read or write. */
  look(key: Buffer): Buffer | undefined
  put(key: Buffer, value: Buffer, ttlMs: DurationMs): void
  remove(key: Buffer): void
  /** In the order of keys, from `start` on; without it, all. */
  entries(start?: Buffer): Iterable<{ key: Buffer; value: Buffer }>
  /** Looks at the next few entries, round and round, and drops the expired. Called with each write, it keeps their
   *  number bounded without a timer and without ever taking long (compare Redis' active expiry). */
  sweep(): void
}

const EXPIRY_BYTES = 8
const SWEPT_AT_ONCE = 16
const FIRST_KEY = Buffer.from([0])
const FIRST_ROOM = 64 * 1024

/** @param now the clock, ms since the epoch */
export function expiringTable(database: Database<Buffer, Buffer>, now: () => EpochMs): ExpiringTable {
  let sweepFrom: Buffer = FIRST_KEY
  // A write is in LMDB's own memory when `putSync` returns, so one room serves them all.
  let room = Buffer.allocUnsafeSlow(FIRST_ROOM)

  function expired(bytes: Buffer): boolean {
    return bytes.readDoubleLE(0) <= now()
  }

  /** By `length`, which of a buffer that LMDB uses again is shorter than the buffer. */
  function unexpired(bytes: Buffer | undefined): Buffer | undefined {
    return bytes === undefined || expired(bytes) ? undefined : bytes.subarray(EXPIRY_BYTES, bytes.length)
  }

  return {
    get: (key) => unexpired(database.getBinary(key)),
    look: (key) => unexpired(database.getBinaryFast(key)),
    put(key, value, ttlMs) {
      const length = EXPIRY_BYTES + value.length
      if (length > room.length) room = Buffer.allocUnsafeSlow(2 * length)
      room.writeDoubleLE(now() + ttlMs, 0)
      value.copy(room, EXPIRY_BYTES)
      database.putSync(key, room.subarray(0, length))
    },
    remove(key) {
      database.removeSync(key)
    },
    *entries(start = FIRST_KEY) {
      for (const { key, value } of database.getRange({ start })) {
        if (!expired(value)) yield { key, value: value.subarray(EXPIRY_BYTES) }
      }
    },
    sweep() {
      const visited = [...database.getRange({ start: sweepFrom, limit: SWEPT_AT_ONCE + 1 })]
      for (const { key, value } of visited) if (expired(value)) database.removeSync(key)
      sweepFrom = visited.length > SWEPT_AT_ONCE ? visited[SWEPT_AT_ONCE]!.key : FIRST_KEY
    },
  }
}
