import { type Item, itemOf } from '../../../libs/event/item.ts'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { normalized } from '../../../libs/interest/vector.ts'
import type { CatalogStore } from '../../../libs/store/catalog-store.ts'
import { type CatalogView, catalogView } from '../../../services/scorer/catalog-view.ts'

const HOUR = 3_600_000

export interface SmallItem extends Partial<Omit<Item, 'itemId'>> {
  readonly itemId: string
  /** Made a unit vector; one of its own for each item where absent. */
  readonly vector?: readonly number[] | Float32Array
}

/** Interest in one space at three timescales. */
export function shapeOf(dimension: number) {
  return interestShape(
    [{ name: 'text', dimension, model: 'test' }],
    [
      { name: 'session', halfLifeMs: HOUR / 2 },
      { name: 'recent', halfLifeMs: 24 * HOUR },
      { name: 'lasting', halfLifeMs: 720 * HOUR },
    ],
  )
}

/** A catalog as a scorer holds it, read from a store that holds these items. */
export async function smallCatalog(items: readonly SmallItem[]): Promise<CatalogView> {
  const dimension = items[0]?.vector?.length ?? 4
  const stored = items.map(({ vector, ...item }, n) => ({
    item: itemOf({ title: item.itemId, ...item, tags: [...(item.tags ?? [])] }),
    vectors: new Map([['text', normalized(Float32Array.from(vector ?? fallback(n)))]]),
    contentHash: '',
  }))
  const store: Pick<CatalogStore, 'itemChanges' | 'readItems'> = {
    async itemChanges(cursor, limit) {
      const itemIds = items.slice(cursor, cursor + limit).map(({ itemId }) => itemId)
      return { itemIds, cursor: cursor + itemIds.length }
    },
    readItems: async (itemIds) => itemIds.map((itemId) => stored.find(({ item }) => item.itemId === itemId)),
  }
  const catalog = catalogView(store as CatalogStore, shapeOf(dimension).spaces)
  await catalog.followChanges()
  return catalog
}

const fallback = (n: number) => [0, 1, 2, 3].map((i) => Math.sin(n * 12.9 + i * 78.2))
