import type { CatalogStore, ItemWrite, StoredItem } from '../catalog-store.ts'
import { decodeFloats, encodeFloats } from '../float32-codec.ts'
import { decodeItem, encodeItem } from '../item-codec.ts'
import { EMBEDDING_TTL_MS } from '../retention.ts'
import type { StoreContract } from '../store.ts'
import type { EmbeddedTables } from './embedded-tables.ts'
import { unpackRecord } from './packed-record-codec.ts'
import { writeSourced } from './sourced-record.ts'

const FOR_EVER = Number.POSITIVE_INFINITY
const SEQUENCE = Buffer.from('sequence')

export function embeddedCatalogStore(tables: EmbeddedTables, contract: StoreContract): CatalogStore {
  const { items, embeddings, read, write } = tables

  function readItem(itemId: string): StoredItem | undefined {
    const bytes = items.get(Buffer.from(itemId))
    return bytes && decodeItem(contract.shape, itemId, unpackRecord(bytes))
  }

  return {
    async readItems(itemIds) {
      return read(() => itemIds.map(readItem))
    },

    async writeItems(writes) {
      const fieldsOf = ({ stored }: ItemWrite): ReturnType<typeof encodeItem> =>
        stored ? encodeItem(stored) : []
      await write(() => {
        const written = writes.filter((item) => writeSourced(items, item.itemId, fieldsOf(item), item.source))
        announce(tables, written)
        items.sweep()
      })
    },

    async itemChanges(cursor, limit) {
      return read(() => {
        const itemIds: string[] = []
        let last = cursor
        for (const { key, value } of tables.changes.entries(sequenceKey(cursor + 1))) {
          if (itemIds.length === limit) break
          itemIds.push(value.toString())
          last = Number(key.readBigUInt64BE())
        }
        return { itemIds, cursor: last }
      })
    },

    async readEmbeddings(keys) {
      return read(() =>
        keys.map((key) => {
          const bytes = embeddings.get(Buffer.from(key))
          return bytes && decodeFloats(bytes, 'embedding')
        }),
      )
    },

    async writeEmbeddings(vectors) {
      await write(() => {
        for (const [key, vector] of vectors) {
          embeddings.put(Buffer.from(key), encodeFloats(vector), EMBEDDING_TTL_MS)
        }
        embeddings.sweep()
      })
    },
  }
}

/** Gives each item the next change number in place of its last one. */
function announce({ about, changes, changeOf }: EmbeddedTables, writes: readonly ItemWrite[]): void {
  let sequence = Number(about.get(SEQUENCE)?.readBigUInt64BE() ?? 0)
  for (const { itemId } of writes) {
    const id = Buffer.from(itemId)
    const before = changeOf.get(id)
    if (before) changes.remove(before)
    sequence += 1
    changes.put(sequenceKey(sequence), id, FOR_EVER)
    changeOf.put(id, sequenceKey(sequence), FOR_EVER)
  }
  about.put(SEQUENCE, sequenceKey(sequence), FOR_EVER)
}

function sequenceKey(sequence: number): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeBigUInt64BE(BigInt(sequence))
  return key
}
