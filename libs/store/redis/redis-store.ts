import { encodeContract } from '../contract-codec.ts'
import { ofGeneration, requireContract } from '../generation.ts'
import type { ModelStore } from '../model-store.ts'
import type { Store, StoreContract } from '../store.ts'
import { placesOf, redisAddress } from './redis-address.ts'
import { redisCatalogStore } from './redis-catalog-store.ts'
import {
  answer,
  closeRedis,
  connectRedis,
  type RedisConnectionOptions,
  type StoreRedis,
  serversOf,
} from './redis-connection.ts'
import { liveGeneration } from './redis-generations.ts'
import { redisInterestStore } from './redis-interest-store.ts'
import { keepingOf, requireKeeping } from './redis-keeping.ts'
import { type RedisKeys, redisKeys } from './redis-keys.ts'
import { redisModelStore } from './redis-model-store.ts'
import { redisNearestStore } from './redis-nearest-store.ts'
import { redisProfileStore } from './redis-profile-store.ts'
import { redisShownStore } from './redis-shown-store.ts'

export interface RedisStoreOptions extends RedisConnectionOptions {
  /** See redis-address.ts. */
  readonly url: string
  /** First part of every key. @default 'halflife' */
  readonly prefix?: string
  readonly contract: StoreContract
  /** @default the live one */
  readonly generation?: string
  /** A server that drops keys when its memory is full is put up with. @default false */
  readonly toleratesEviction?: boolean
  /** Whether the server is to keep an index of the catalog's vectors. @default false */
  readonly nearest?: boolean
  /** Told of what could be better about the server. */
  readonly onWarning?: (detail: string) => void
}

/** A store in one Redis server, 7.0 or later, or Valkey, or in a cluster of them. docs/redis-contract.md describes every key.
 *  @throws HL_STORE_UNAVAILABLE when Redis is away, HL_STORE_CONTRACT when it was written under another contract,
 *  HL_STORE_REBUILDING when it is being rebuilt under this one, HL_STORE_EVICTS when it drops keys for lack of memory, HL_SETTING when the URL, prefix or password is wrong */
export async function redisStore(options: RedisStoreOptions): Promise<Store & ModelStore> {
  const { prefix = 'halflife', contract, toleratesEviction = false, onWarning = () => {} } = options
  const shared = redisKeys(prefix)
  const redis = await connectRedis(options.url, options)
  const live = () => liveGeneration(redis, shared)
  try {
    for (const server of serversOf(redis)) {
      requireKeeping(await keepingOf(server), toleratesEviction, onWarning)
    }
    const generation = options.generation ?? (await live())
    const keys = redisKeys(prefix, generation)
    const agree = () => agreeOnContract(redis, keys, generation, options)
    await agree()
    const ports = {
      ...redisInterestStore(redis, keys, contract, agree),
      ...redisCatalogStore(redis, keys, contract),
      ...redisProfileStore(redis, keys),
      ...redisShownStore(redis, keys),
      ...redisModelStore(redis, keys),
      nearest: options.nearest ? await redisNearestStore(redis, keys, contract.shape) : undefined,
      async ping() {
        await answer(Promise.all(serversOf(redis).map((server) => server.ping())))
      },
      close: () => closeRedis(redis),
    }
    return ofGeneration(ports, generation, live)
  } catch (error) {
    redis.disconnect()
    throw error
  }
}

async function agreeOnContract(
  redis: StoreRedis,
  keys: RedisKeys,
  generation: string,
  options: RedisStoreOptions,
): Promise<void> {
  const wanted = encodeContract(options.contract)
  const reply = await answer(redis.openContract(1, keys.contract, ...[...wanted].flat()))
  const stored = new Map<string, string>()
  for (let i = 0; i < reply.length; i += 2) stored.set(reply[i]!, reply[i + 1]!)
  const place = `The store ${keys.contract} at ${placesOf(redisAddress(options.url)!)}`
  await requireContract(place, stored, options.contract, generation, async (next) => {
    const { contract } = redisKeys(options.prefix ?? 'halflife', next)
    return (await answer(redis.exists(contract))) === 1
  })
}
