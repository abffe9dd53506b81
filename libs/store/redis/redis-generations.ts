import { FIRST_GENERATION, type Generations, storeSwitched } from '../generation.ts'
import { decodeForgotten, FORGOTTEN } from '../user-codec.ts'
import {
  answer,
  answerOrRefusal,
  closeRedis,
  connectRedis,
  type RedisConnectionOptions,
  type StoreRedis,
} from './redis-connection.ts'
import { generationOf, type RedisKeys, redisKeys } from './redis-keys.ts'
import { keysUnder } from './redis-scan.ts'

export async function liveGeneration(redis: StoreRedis, { generation }: RedisKeys): Promise<string> {
  return (await answerOrRefusal(redis, redis.get(generation))) ?? FIRST_GENERATION
}

/** @throws HL_STORE_UNAVAILABLE, HL_SETTING */
export async function redisGenerations(
  options: RedisConnectionOptions & { readonly url: string; readonly prefix: string },
): Promise<Generations> {
  const { url, prefix } = options
  const keys = redisKeys(prefix)
  const redis = await connectRedis(url, options)
  const live = () => liveGeneration(redis, keys)
  return {
    live,
    async switchOver(from, to) {
      if ((await answer(redis.switchGeneration(1, keys.generation, from, to))) === 0) {
        throw storeSwitched(await live())
      }
    },
    async remove(isUnwanted) {
      const removed = new Set<string>()
      for await (const found of keysUnder(redis, prefix)) {
        const unwanted = found.filter((key) => {
          const generation = generationOf(prefix, key)
          if (generation === undefined || !isUnwanted(generation)) return false
          removed.add(generation)
          return true
        })
        await answer(Promise.all(unwanted.map((key) => redis.unlink(key))))
      }
      return [...removed]
    },
    async forgottenAt(generation, userIds) {
      const { user } = redisKeys(prefix, generation)
      const replies = userIds.map((userId) => redis.hgetBuffer(user(userId), FORGOTTEN))
      return (await answer(Promise.all(replies))).map(
        (bytes) => decodeForgotten(bytes ?? undefined).forgottenAtMs,
      )
    },
    close: () => closeRedis(redis),
  }
}
