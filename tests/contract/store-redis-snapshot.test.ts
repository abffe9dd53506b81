import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { closeRedis, connectRedis, type StoreRedis } from '../../libs/store/redis/redis-connection.ts'
import { type RedisKeys, redisKeys } from '../../libs/store/redis/redis-keys.ts'
import {
  beginRestoring,
  endRestoring,
  snapshotOf,
  writeSnapshot,
} from '../../libs/store/redis/redis-snapshot.ts'
import { newRedisPlace } from './store-redis-place.ts'

describe('a snapshot of Redis', () => {
  let redis: StoreRedis
  let from: string
  let to: string

  beforeEach(async () => {
    redis = await connectRedis(inject('redisUrl'))
    onTestFinished(() => closeRedis(redis))
    ;[from, to] = [await newPrefix(), await newPrefix()]
  })

  async function newPrefix(): Promise<string> {
    const { prefix, remove } = await newRedisPlace(inject('redisUrl'))
    onTestFinished(remove)
    return prefix
  }

  async function restore(): Promise<void> {
    const snapshot = await snapshotOf(redis, from)
    await beginRestoring(redis, to)
    for await (const entries of snapshot.entries()) await writeSnapshot(redis, to, entries)
    await endRestoring(redis, to)
  }

  it('restores keys that hold more than one command takes', async () => {
    const [own, restored] = [redisKeys(from), redisKeys(to)]
    for (let n = 0; n < 150_000; n += 1_000) {
      const some = Array.from({ length: 1_000 }, (_, index) => n + index)
      await redis.zadd(own.changes, ...some.flatMap((number) => [number, `item-${number}`]))
      await redis.rpush(own.promotions, ...some)
    }
    await restore()
    const contentOf = async (keys: RedisKeys) => [
      String(await redis.zrange(keys.changes, 0, -1, 'WITHSCORES')),
      String(await redis.lrange(keys.promotions, 0, -1)),
    ]
    expect(await contentOf(restored)).toEqual(await contentOf(own))
  })

  it('leaves out how far the catalog is indexed, as it leaves out the index', async () => {
    const [own, restored] = [redisKeys(from), redisKeys(to)]
    await redis.set(own.indexed, '7')
    await redis.set(own.sequence, '7')
    await restore()
    expect(await redis.exists(restored.sequence)).toBe(1)
    expect(await redis.exists(restored.indexed)).toBe(0)
  })
})
