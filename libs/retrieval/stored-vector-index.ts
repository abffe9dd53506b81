import { bestFirst } from '../ranking/rank.ts'
import type { NearestStore } from '../store/nearest-store.ts'
import { EXACT_UP_TO, type ItemIndex, OUTSIDE_COSTS, SPARE } from './vector-index.ts'
import { vectorRows } from './vector-rows.ts'

/** One of which the store keeps the graph. The rows are here: the store only proposes, by vectors that it has rounded. */
export interface StoredVectorIndex extends ItemIndex {
  /** The store has taken the item in as it was put last, or out. */
  indexed(itemId: string): void
}

/** Items that the store has not taken in yet are searched exactly, as in `vectorIndex`; of what it may still propose although
 *  it is another by now, or gone, so many more are asked for. */
export function storedVectorIndex(
  space: string,
  dimension: number,
  store: Pick<NearestStore, 'nearest'>,
  exactUpTo = EXACT_UP_TO,
): StoredVectorIndex {
  const rows = vectorRows(dimension)
  /** Items of which the store may have what was before. */
  const outside = new Set<string>()
  function* rowsOf(itemIds: Iterable<string>): Generator<number> {
    for (const itemId of itemIds) {
      const row = rows.rowOf(itemId)
      if (row !== undefined) yield row
    }
  }

  return {
    isFar: true,
    get size() {
      return rows.size
    },
    get outsideGraph() {
      return outside.size
    },
    put(itemId, vector) {
      rows.put(itemId, vector)
      outside.add(itemId)
    },
    remove(itemId) {
      rows.remove(itemId)
      outside.add(itemId)
    },
    indexed: (itemId) => void outside.delete(itemId),
    vectorOf: rows.vectorOf,
    scoreOf: rows.scoreOf,
    async search(query, count) {
      const isExact = rows.size <= exactUpTo || outside.size * OUTSIDE_COSTS > rows.size
      if (isExact) return rows.searchAll(query, count).sort(bestFirst).slice(0, count)
      const proposed = await store.nearest(space, query, count + SPARE + outside.size)
      const current = proposed.filter((itemId) => !outside.has(itemId))
      const found = rows.scored(rowsOf([...current, ...outside]), query)
      return found.sort(bestFirst).slice(0, count)
    },
  }
}
