import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import type { StorePlace } from './store.contract.ts'

export interface RedisPlace extends StorePlace {
  readonly prefix: string
  /** A plain client, as another program would have it. */
  readonly redis: Redis
}

/** A prefix of its own on the tests' Redis, whose keys are deleted afterwards. */
export async function newRedisPlace(url: string): Promise<RedisPlace> {
  const prefix = `test-${randomUUID()}`
  const redis = new Redis(url)
  return {
    prefix,
    redis,
    open: (contract) => redisStore({ url, prefix, contract }),
    async remove() {
      for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
        if (keys.length > 0) await redis.del(keys)
      }
      await redis.quit()
    },
  }
}
