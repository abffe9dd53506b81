import type { CatalogStore, ItemWrite } from '../catalog-store.ts'
import { decodeFloats, encodeFloats } from '../float32-codec.ts'
import { decodeItem, encodeItem, itemFieldNames } from '../item-codec.ts'
import { EMBEDDING_TTL_MS, TOMBSTONE_TTL_MS } from '../retention.ts'
import { encodeSource } from '../source-codec.ts'
import type { StoreContract } from '../store.ts'
import { answer, answers, type StoreRedis } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'
import { askingForFields } from './wire-command.ts'

const ITEMS_PER_CALL = 1_000
const FOR_EVER = 0

export function redisCatalogStore(redis: StoreRedis, keys: RedisKeys, contract: StoreContract): CatalogStore {
  const names = itemFieldNames(contract.shape)
  const fieldsOf = askingForFields(redis, names)

  async function writeItem({ itemId, stored, source }: ItemWrite): Promise<boolean> {
    const written = await redis.writeRecord(
      1,
      keys.item(itemId),
      encodeSource(source),
      stored === undefined ? TOMBSTONE_TTL_MS : FOR_EVER,
      ...(stored === undefined ? [] : encodeItem(stored).flat()),
    )
    return written === 1
  }

  async function itemChanges(cursor: number, limit: number): ReturnType<CatalogStore['itemChanges']> {
    const [reply, newest] = await answer(
      Promise.all([
        redis.zrangebyscore(keys.changes, `(${cursor}`, '+inf', 'WITHSCORES', 'LIMIT', 0, limit),
        redis.zrange(keys.changes, -1, -1, 'WITHSCORES'),
      ]),
    )
    if (reply.length > 0) {
      return { itemIds: reply.filter((_, index) => index % 2 === 0), cursor: Number(reply.at(-1)) }
    }
    // A change that was read is gone: the server came back emptied or older, and where its clock went back too, what it
    // numbers now lies below the cursor.
    const wentBack = Number(newest[1] ?? 0) < cursor
    return wentBack ? itemChanges(0, limit) : { itemIds: [], cursor }
  }

  return {
    async readItems(itemIds) {
      const replies = await answers(redis, () => itemIds.map((itemId) => fieldsOf(keys.item(itemId))))
      return replies.map((reply, index) => {
        const fields = new Map<string, Buffer>()
        for (const [n, value] of reply.entries()) if (value !== null) fields.set(names[n]!, value)
        return decodeItem(contract.shape, itemIds[index]!, fields)
      })
    },

    async writeItems(writes) {
      const written = await answer(Promise.all(writes.map(writeItem)))
      const itemIds = writes.filter((_, index) => written[index]).map(({ itemId }) => itemId)
      for (let start = 0; start < itemIds.length; start += ITEMS_PER_CALL) {
        const chunk = itemIds.slice(start, start + ITEMS_PER_CALL)
        await answer(redis.announceItems(2, keys.changes, keys.sequence, ...chunk))
      }
    },

    itemChanges,

    async readEmbeddings(embeddingKeys) {
      // Each by itself: in a cluster they lie on different nodes.
      const replies = await answer(
        Promise.all(embeddingKeys.map((key) => redis.getBuffer(keys.embedding(key)))),
      )
      return replies.map((bytes) => (bytes === null ? undefined : decodeFloats(bytes, 'embedding')))
    },

    async writeEmbeddings(embeddings) {
      const writes = Array.from(embeddings, ([key, vector]) =>
        redis.set(keys.embedding(key), encodeFloats(vector), 'PX', EMBEDDING_TTL_MS),
      )
      await answer(Promise.all(writes))
    },
  }
}
