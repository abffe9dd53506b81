import type { CatalogStore } from '../../libs/store/catalog-store.ts'
import type { NearestStore } from '../../libs/store/nearest-store.ts'

/** Redis puts a vector into its set in some 0.3 ms, and does nothing else meanwhile. */
const ITEMS_AT_ONCE = 20

/** Brings the store's index of the catalog up to date with the catalog. Of several trackers that do so at a time one gets
 *  there first, and the others leave it to that one. */
export async function indexCatalog(catalog: CatalogStore, nearest: NearestStore): Promise<void> {
  for (;;) {
    const from = await nearest.indexedUpTo()
    const { itemIds, cursor } = await catalog.itemChanges(from, ITEMS_AT_ONCE)
    if (itemIds.length === 0) return
    const stored = await catalog.readItems(itemIds)
    const changes = itemIds.map((itemId, index) => ({ itemId, vectors: stored[index]?.vectors }))
    if (!(await nearest.indexItems(changes, from, cursor))) return
  }
}
