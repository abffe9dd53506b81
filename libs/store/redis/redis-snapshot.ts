/* All that a store keeps in Redis, key by key, in a form that any later server takes (DUMP's is its own version's).
 *
 * It is taken while trackers write. The positions are read first: whatever a tracker does to a user meanwhile lies behind
 * them in the log, and will be delivered again after a restore; the offsets that a user carries say what is in already.
 * Embeddings are left out, since the model makes them again. */
import type { EpochMs } from '../../interest/time.ts'
import { answer, type StoreRedis } from './redis-connection.ts'
import { redisKeys } from './redis-keys.ts'

export interface SnapshotEntry {
  /** Behind the store's prefix, so that it may be restored under another. */
  readonly key: string
  readonly type: 'hash' | 'set' | 'zset' | 'string'
  /** undefined: never. */
  readonly expiresAtMs: EpochMs | undefined
  /** Fields and values by turns, members, members and scores by turns, or the one value. */
  readonly parts: readonly Buffer[]
}

const KEYS_AT_ONCE = 500
const POSITION = /^(?:[^{]*:)?partition(?:s$|:\{)/
const EMBEDDING = /^(?:[^{]*:)?embedding:/

/** How many keys there are, embeddings among them. */
export async function countKeys(redis: StoreRedis, prefix: string): Promise<number> {
  let count = 0
  for await (const keys of keysOf(redis, prefix)) count += keys.length
  return count
}

export async function* readSnapshot(redis: StoreRedis, prefix: string): AsyncGenerator<SnapshotEntry[]> {
  yield* entriesOf(redis, prefix, (key) => POSITION.test(key))
  yield* entriesOf(redis, prefix, (key) => !POSITION.test(key) && !EMBEDDING.test(key))
}

async function* entriesOf(redis: StoreRedis, prefix: string, wanted: (key: string) => boolean) {
  // A key that is moved about while they are listed may be listed twice.
  const done = new Set<string>()
  for await (const keys of keysOf(redis, prefix)) {
    const chosen = keys.filter((key) => !done.has(key) && wanted(key))
    for (const key of chosen) done.add(key)
    const entries = await Promise.all(chosen.map((key) => entryOf(redis, prefix, key)))
    yield entries.filter((entry) => entry !== undefined)
  }
}

async function* keysOf(redis: StoreRedis, prefix: string): AsyncGenerator<string[]> {
  let cursor = '0'
  do {
    const [next, keys] = await answer(redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', KEYS_AT_ONCE))
    yield keys.map((key) => key.slice(prefix.length + 1))
    cursor = next
  } while (cursor !== '0')
}

/** undefined when it is gone since it was listed. */
async function entryOf(redis: StoreRedis, prefix: string, key: string): Promise<SnapshotEntry | undefined> {
  const whole = `${prefix}:${key}`
  const type = await answer(redis.type(whole))
  if (type !== 'hash' && type !== 'set' && type !== 'zset' && type !== 'string') return undefined
  const [found, expiresAt] = await answer(
    Promise.all([partsOf(redis, whole, type), redis.pexpiretime(whole)]),
  )
  if (found.length === 0) return undefined
  return { key, type, expiresAtMs: expiresAt > 0 ? expiresAt : undefined, parts: found }
}

async function partsOf(redis: StoreRedis, key: string, type: SnapshotEntry['type']): Promise<Buffer[]> {
  if (type === 'hash') {
    const fields = Object.entries(await redis.hgetallBuffer(key))
    return fields.flatMap(([name, value]) => [Buffer.from(name), value])
  }
  if (type === 'set') return redis.smembersBuffer(key)
  if (type === 'zset') return redis.zrangeBuffer(key, 0, -1, 'WITHSCORES')
  const value = await redis.getBuffer(key)
  return value === null ? [] : [value]
}

/** What makes everybody refuse a store that is being restored, or whose restoring was broken off: a field of the
 *  contract that nobody is set to. */
const RESTORING = 'restoring'

/** Claims an empty place. @returns false when there is something already */
export async function beginRestoring(redis: StoreRedis, prefix: string): Promise<boolean> {
  if ((await countKeys(redis, prefix)) > 0) return false
  return (await answer(redis.hsetnx(redisKeys(prefix).contract, RESTORING, new Date().toISOString()))) === 1
}

/** What has expired by now stays away. */
export async function writeSnapshot(
  redis: StoreRedis,
  prefix: string,
  entries: readonly SnapshotEntry[],
): Promise<void> {
  const alive = entries.filter(({ expiresAtMs }) => (expiresAtMs ?? Number.POSITIVE_INFINITY) > Date.now())
  await answer(Promise.all(alive.map((entry) => writeEntry(redis, `${prefix}:${entry.key}`, entry))))
}

async function writeEntry(redis: StoreRedis, key: string, { type, parts, expiresAtMs }: SnapshotEntry) {
  const list = [...parts]
  if (type === 'hash') await redis.hset(key, ...list)
  else if (type === 'set') await redis.sadd(key, ...list)
  else if (type === 'string') await redis.set(key, list[0]!)
  else await redis.zadd(key, ...list.flatMap((member, n) => (n % 2 === 0 ? [list[n + 1]!, member] : [])))
  if (expiresAtMs !== undefined) await redis.pexpireat(key, expiresAtMs)
}

export async function endRestoring(redis: StoreRedis, prefix: string): Promise<void> {
  await answer(redis.hdel(redisKeys(prefix).contract, RESTORING))
}
