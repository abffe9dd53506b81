/* All that a store keeps in Redis, key by key, in a form that any later server takes (DUMP's is its own version's), whether
 * it is one server or a cluster.
 *
 * It is taken while trackers write. The positions are read first: whatever a tracker does to a user meanwhile lies behind
 * them in the log, and will be delivered again after a restore; the offsets that a user carries say what is in already.
 * Models are listed before their bytes are read, since bytes are written before the list. Of generations it is the live
 * one, which a restored store has as its first. Embeddings are left out, since the model makes them again, and the index of
 * the catalog with how far it goes, since trackers do. */
import type { EpochMs } from '../../interest/time.ts'
import { FIRST_GENERATION, switchedMeanwhile } from '../generation.ts'
import { parsePartitionName } from '../partition-codec.ts'
import { argumentsByCall } from './arguments-by-call.ts'
import { answer, type StoreRedis } from './redis-connection.ts'
import { liveGeneration } from './redis-generations.ts'
import { generationOf, ownPrefix, redisKeys } from './redis-keys.ts'
import { keysUnder } from './redis-scan.ts'

const TYPES = ['hash', 'set', 'zset', 'list', 'string'] as const

export interface SnapshotEntry {
  /** Behind the store's prefix, so that it may be restored under another, and as the first generation has it. */
  readonly key: string
  readonly type: (typeof TYPES)[number]
  /** undefined: never. */
  readonly expiresAtMs: EpochMs | undefined
  /** Fields and values by turns, members, members and scores by turns, elements, or the one value. */
  readonly parts: readonly Buffer[]
}

export interface Snapshot {
  /** The one that was live. */
  readonly generation: string
  /** How many entries there will be, more or less. */
  readonly keys: number
  /** @throws HL_STORE_SWITCHED when another generation became live meanwhile */
  entries(): AsyncGenerator<SnapshotEntry[]>
}

const OF_MODELS = /^(?:models$|promotions$|model:\{)/

export async function snapshotOf(redis: StoreRedis, prefix: string): Promise<Snapshot> {
  const shared = redisKeys(prefix)
  const generation = await liveGeneration(redis, shared)
  const own = redisKeys(prefix, generation)
  const isKept = (key: string) =>
    key !== own.indexed &&
    (generationOf(prefix, key) === generation || OF_MODELS.test(key.slice(prefix.length + 1)))

  async function* entries() {
    const positions = (await answer(redis.smembers(own.partitions)))
      .map(parsePartitionName)
      .map(({ topic, partition }) => own.partition(topic, partition))
    const first = [own.partitions, ...positions, shared.promotions, shared.models]
    yield await read(first)
    const done = new Set(first)
    for await (const keys of keysUnder(redis, prefix)) {
      const fresh = keys.filter((key) => isKept(key) && !done.has(key))
      for (const key of fresh) done.add(key)
      yield await read(fresh)
    }
    if ((await liveGeneration(redis, shared)) !== generation) throw switchedMeanwhile()
  }

  async function read(keys: readonly string[]): Promise<SnapshotEntry[]> {
    const found = await Promise.all(keys.map((key) => entryOf(redis, key, keyOf(key))))
    return found.filter((entry) => entry !== undefined)
  }

  function keyOf(key: string): string {
    const its = generationOf(prefix, key) ?? FIRST_GENERATION
    return key.slice(ownPrefix(prefix, its).length + 1)
  }

  let keys = 0
  for await (const found of keysUnder(redis, prefix)) keys += found.filter(isKept).length
  return { generation, keys, entries }
}

/** undefined when it is not there, or no longer. */
async function entryOf(redis: StoreRedis, key: string, name: string): Promise<SnapshotEntry | undefined> {
  const found = await answer(redis.type(key))
  const type = TYPES.find((each) => each === found)
  if (type === undefined) return undefined
  const [parts, expiresAt] = await answer(Promise.all([partsOf(redis, key, type), redis.pexpiretime(key)]))
  if (parts.length === 0) return undefined
  return { key: name, type, expiresAtMs: expiresAt > 0 ? expiresAt : undefined, parts }
}

async function partsOf(redis: StoreRedis, key: string, type: SnapshotEntry['type']): Promise<Buffer[]> {
  if (type === 'hash') {
    const fields = Object.entries(await redis.hgetallBuffer(key))
    return fields.flatMap(([name, value]) => [Buffer.from(name), value])
  }
  if (type === 'set') return redis.smembersBuffer(key)
  if (type === 'zset') return redis.zrangeBuffer(key, 0, -1, 'WITHSCORES')
  if (type === 'list') return redis.lrangeBuffer(key, 0, -1)
  const value = await redis.getBuffer(key)
  return value === null ? [] : [value]
}

/** What makes everybody refuse a store that is being restored, or whose restoring was broken off: a field of the
 *  contract that nobody is set to. */
const RESTORING = 'restoring'

/** Claims an empty place. @returns false when there is something already */
export async function beginRestoring(redis: StoreRedis, prefix: string): Promise<boolean> {
  for await (const keys of keysUnder(redis, prefix)) if (keys.length > 0) return false
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
  for (const list of argumentsByCall(parts)) {
    if (type === 'hash') await redis.hset(key, ...list)
    else if (type === 'set') await redis.sadd(key, ...list)
    else if (type === 'list') await redis.rpush(key, ...list)
    else if (type === 'string') await redis.set(key, list[0]!)
    else await redis.zadd(key, ...list.flatMap((member, n) => (n % 2 === 0 ? [list[n + 1]!, member] : [])))
  }
  if (expiresAtMs !== undefined) await redis.pexpireat(key, expiresAtMs)
}

export async function endRestoring(redis: StoreRedis, prefix: string): Promise<void> {
  await answer(redis.hdel(redisKeys(prefix).contract, RESTORING))
}
