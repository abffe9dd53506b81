import { decodeModelRecord, encodeModelRecord, joinParts, partCount, partsOf } from '../model-codec.ts'
import type { ModelRecord, ModelStore } from '../model-store.ts'
import { answer, type StoreRedis } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'

/** Bytes of a model that was never listed, because its writer died, go away by themselves. */
const UNLISTED_TTL_MS = 3_600_000

export function redisModelStore(redis: StoreRedis, keys: RedisKeys): ModelStore {
  async function recordOf(id: string): Promise<ModelRecord | undefined> {
    const json = await answer(redis.hget(keys.models, id))
    return json === null ? undefined : decodeModelRecord(id, json)
  }

  return {
    async readModels() {
      const records = Object.entries(await answer(redis.hgetall(keys.models)))
      return records.map(([id, json]) => decodeModelRecord(id, json)).sort((a, b) => (a.id < b.id ? -1 : 1))
    },
    async writeModel(model, bytes) {
      const key = keys.model(model.id)
      // One part at a time: nobody waits for more than one of them.
      for (const [part, piece] of partsOf(bytes).entries()) {
        await answer(Promise.all([redis.hset(key, String(part), piece), redis.pexpire(key, UNLISTED_TTL_MS)]))
      }
      await answer(redis.persist(key))
      await answer(redis.hset(keys.models, model.id, encodeModelRecord(model)))
    },
    async readModel(id) {
      const model = await recordOf(id)
      if (model === undefined) return undefined
      const parts: (Buffer | null)[] = []
      for (let part = 0; part < partCount(model.bytes); part++) {
        parts.push(await answer(redis.hgetBuffer(keys.model(id), String(part))))
      }
      return joinParts(model, parts)
    },
    async removeModel(id) {
      await answer(redis.hdel(keys.models, id))
      await answer(redis.del(keys.model(id)))
    },
    async readPromotions() {
      return answer(redis.lrange(keys.promotions, 0, -1))
    },
    async promoteModel(id) {
      await answer(redis.multi().lrem(keys.promotions, 0, id).lpush(keys.promotions, id).exec())
    },
    async demoteModel(id) {
      await answer(redis.lrem(keys.promotions, 0, id))
    },
  }
}
