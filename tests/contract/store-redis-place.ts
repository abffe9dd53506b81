import { randomUUID } from 'node:crypto'
import { Cluster, Redis } from 'ioredis'
import { redisAddress } from '../../libs/store/redis/redis-address.ts'
import { redisGenerations } from '../../libs/store/redis/redis-generations.ts'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import type { GenerationsPlace } from './store-generations.contract.ts'

export interface RedisPlace extends GenerationsPlace {
  readonly prefix: string
  /** A plain client, as another program would have it. */
  readonly redis: Redis | Cluster
  /** One, or those of the cluster. */
  servers(): Redis[]
}

/** A prefix of its own on the tests' Redis, whose keys are deleted afterwards. */
export async function newRedisPlace(url: string): Promise<RedisPlace> {
  const prefix = `test-${randomUUID()}`
  const { isCluster, nodes } = redisAddress(url)!
  const redis = isCluster ? new Cluster([...nodes]) : new Redis(url)
  const servers = () => (redis instanceof Cluster ? redis.nodes('master') : [redis])
  return {
    prefix,
    redis,
    servers,
    open: (contract) => redisStore({ url, prefix, contract }),
    generations: () => redisGenerations({ url, prefix }),
    async remove() {
      for (const server of servers()) {
        for await (const keys of server.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
          await Promise.all(keys.map((key: string) => server.del(key)))
        }
      }
      await redis.quit()
    },
  }
}
