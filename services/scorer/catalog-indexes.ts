import type { VectorSpace } from '../../libs/interest/interest-shape.ts'
import { storedVectorIndex } from '../../libs/retrieval/stored-vector-index.ts'
import { type ItemIndex, vectorIndex } from '../../libs/retrieval/vector-index.ts'
import type { NearestStore } from '../../libs/store/nearest-store.ts'

/** An index of the catalog for each space, and how far what keeps it has come. */
export interface CatalogIndexes {
  readonly indexes: ReadonlyMap<string, ItemIndex>
  /** Told of the changes as they are taken in. */
  follow(changes: { readonly itemIds: readonly string[]; readonly cursor: number }): Promise<void>
  /** Told when there are no more for now. */
  allTaken(): void
}

export function ownIndexes(spaces: readonly VectorSpace[]): CatalogIndexes {
  const indexes = new Map(spaces.map((space) => [space.name, vectorIndex(space.dimension)]))
  return {
    indexes,
    follow: async () => {},
    allTaken() {
      for (const index of indexes.values()) index.follow()
    },
  }
}

export function storedIndexes(spaces: readonly VectorSpace[], nearest: NearestStore): CatalogIndexes {
  const indexes = new Map(
    spaces.map(({ name, dimension }) => [name, storedVectorIndex(name, dimension, nearest)]),
  )
  /** Items that the store may not have indexed, each with the cursor up to which it must have; in their order. */
  const waiting = new Map<string, number>()
  return {
    indexes,
    allTaken() {},
    async follow({ itemIds, cursor }) {
      for (const itemId of itemIds) {
        waiting.delete(itemId)
        waiting.set(itemId, cursor)
      }
      if (waiting.size === 0) return
      const indexedUpTo = await nearest.indexedUpTo()
      for (const [itemId, from] of waiting) {
        if (from > indexedUpTo) break
        waiting.delete(itemId)
        for (const index of indexes.values()) index.indexed(itemId)
      }
    },
  }
}
