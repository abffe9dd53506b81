import { encodeContract, requireSameContract } from '../contract-codec.ts'
import type { ModelStore } from '../model-store.ts'
import type { Store, StoreContract } from '../store.ts'
import { placesOf, redisAddress } from './redis-address.ts'
import { redisCatalogStore } from './redis-catalog-store.ts'
import {
  answer,
  connectRedis,
  type RedisConnectionOptions,
  type StoreRedis,
  serversOf,
} from './redis-connection.ts'
import { redisInterestStore } from './redis-interest-store.ts'
import { keepingOf, requireKeeping } from './redis-keeping.ts'
import { type RedisKeys, redisKeys } from './redis-keys.ts'
import { redisModelStore } from './redis-model-store.ts'
import { redisProfileStore } from './redis-profile-store.ts'

export interface RedisStoreOptions extends RedisConnectionOptions {
  /** See redis-address.ts. */
  readonly url: string
  /** First part of every key. @default 'halflife' */
  readonly prefix?: string
  readonly contract: StoreContract
  /** A server that drops keys when its memory is full is put up with. @default false */
  readonly toleratesEviction?: boolean
  /** Told of what could be better about the server. */
  readonly onWarning?: (detail: string) => void
}

/** A store in one Redis server, 7.0 or later, or Valkey, or in a cluster of them. docs/redis-contract.md describes every key.
 *  @throws HL_STORE_UNAVAILABLE when Redis is away, HL_STORE_CONTRACT when it was written under another contract,
 *  HL_STORE_EVICTS when it drops keys for lack of memory, HL_SETTING when the URL, prefix or password is wrong */
export async function redisStore(options: RedisStoreOptions): Promise<Store & ModelStore> {
  const keys = redisKeys(options.prefix ?? 'halflife')
  const redis = await connectRedis(options.url, options)
  try {
    const { toleratesEviction = false, onWarning = () => {} } = options
    for (const server of serversOf(redis)) {
      requireKeeping(await keepingOf(server), toleratesEviction, onWarning)
    }
    await agreeOnContract(redis, keys, options)
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return {
    ...redisInterestStore(redis, keys, options.contract),
    ...redisCatalogStore(redis, keys, options.contract),
    ...redisProfileStore(redis, keys),
    ...redisModelStore(redis, keys),
    async ping() {
      await answer(Promise.all(serversOf(redis).map((server) => server.ping())))
    },
    async close() {
      try {
        await redis.quit()
      } catch {
        redis.disconnect()
      }
    },
  }
}

async function agreeOnContract(
  redis: StoreRedis,
  keys: RedisKeys,
  options: RedisStoreOptions,
): Promise<void> {
  const wanted = encodeContract(options.contract)
  const reply = await answer(redis.openContract(1, keys.contract, ...[...wanted].flat()))
  const stored = new Map<string, string>()
  for (let i = 0; i < reply.length; i += 2) stored.set(reply[i]!, reply[i + 1]!)
  requireSameContract(`The store ${keys.contract} at ${placesOf(redisAddress(options.url)!)}`, stored, wanted)
}
