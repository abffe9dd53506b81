import type { Item } from '../../libs/event/item.ts'
import type { VectorSpace } from '../../libs/interest/interest-shape.ts'
import type { ItemVectors } from '../../libs/interest/interest-state.ts'
import { type VectorIndex, vectorIndex } from '../../libs/retrieval/vector-index.ts'
import type { CatalogStore } from '../../libs/store/catalog-store.ts'

/** The catalog as the scorer holds it in memory: items, and an index of their vectors in each space. */
export interface CatalogView {
  readonly size: number
  itemOf(itemId: string): Item | undefined
  vectorsOf(itemId: string): ItemVectors | undefined
  items(): IterableIterator<Item>
  indexOf(space: string): VectorIndex
  /** Takes in what changed in the store since the last call. Returns how many items that were. */
  followChanges(): Promise<number>
}

const CHANGES_AT_ONCE = 500

export function catalogView(store: CatalogStore, spaces: readonly VectorSpace[]): CatalogView {
  const items = new Map<string, Item>()
  const indexes = new Map(spaces.map((space) => [space.name, vectorIndex(space.dimension)]))
  let cursor = 0

  function put(itemId: string, item: Item | undefined, vectors: ItemVectors): void {
    if (item === undefined) items.delete(itemId)
    else items.set(itemId, item)
    for (const [space, index] of indexes) {
      const vector = vectors.get(space)
      if (vector === undefined) index.remove(itemId)
      else index.put(itemId, vector)
    }
  }

  return {
    get size() {
      return items.size
    },
    itemOf: (itemId) => items.get(itemId),
    vectorsOf(itemId) {
      if (!items.has(itemId)) return undefined
      const vectors = new Map<string, Float32Array>()
      for (const [space, index] of indexes) {
        const vector = index.vectorOf(itemId)
        if (vector !== undefined) vectors.set(space, vector)
      }
      return vectors
    },
    items: () => items.values(),
    indexOf(space) {
      const index = indexes.get(space)
      if (index === undefined) throw new Error(`there is no vector space ${space}`)
      return index
    },
    async followChanges() {
      for (let changed = 0; ; ) {
        const changes = await store.itemChanges(cursor, CHANGES_AT_ONCE)
        const stored = await store.readItems(changes.itemIds)
        for (const [index, itemId] of changes.itemIds.entries()) {
          put(itemId, stored[index]?.item, stored[index]?.vectors ?? new Map())
        }
        cursor = changes.cursor
        changed += changes.itemIds.length
        if (changes.itemIds.length < CHANGES_AT_ONCE) return changed
      }
    },
  }
}
