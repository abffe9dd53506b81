import { LRUCache } from 'lru-cache'
import type { ItemVectors } from '../../libs/interest/interest-state.ts'
import type { CatalogStore } from '../../libs/store/catalog-store.ts'

/** Vectors of the items that events touch, close at hand. */
export interface ItemVectorCache {
  /** Known items among those asked for. Unknown ones are asked for again each time: they may have appeared. */
  vectorsOf(itemIds: Iterable<string>): Promise<Map<string, ItemVectors>>
  /** Forgets items that changed in the store since the last call. */
  followChanges(): Promise<void>
}

/** 50,000 items of 384 dimensions take 75 MB. */
const MOST_ITEMS = 50_000
const CHANGES_AT_ONCE = 1_000

export function itemVectorCache(catalog: CatalogStore, mostItems = MOST_ITEMS): ItemVectorCache {
  const cache = new LRUCache<string, ItemVectors>({ max: mostItems })
  let cursor = 0
  /** Rises whenever items are forgotten: what was asked for before that may be what they were, and is not kept. */
  let forgettings = 0

  async function followChanges(): Promise<void> {
    for (;;) {
      const changes = await catalog.itemChanges(cursor, CHANGES_AT_ONCE)
      for (const itemId of changes.itemIds) cache.delete(itemId)
      if (changes.itemIds.length > 0) forgettings++
      cursor = changes.cursor
      if (changes.itemIds.length < CHANGES_AT_ONCE) return
    }
  }

  return {
    followChanges,
    async vectorsOf(itemIds) {
      const found = new Map<string, ItemVectors>()
      const missing: string[] = []
      for (const itemId of itemIds) {
        const vectors = cache.get(itemId)
        if (vectors === undefined) missing.push(itemId)
        else found.set(itemId, vectors)
      }
      if (missing.length === 0) return found
      const asked = forgettings
      const stored = await catalog.readItems(missing)
      for (const [index, itemId] of missing.entries()) {
        const vectors = stored[index]?.vectors
        if (vectors === undefined) continue
        if (forgettings === asked) cache.set(itemId, vectors)
        found.set(itemId, vectors)
      }
      return found
    },
  }
}
