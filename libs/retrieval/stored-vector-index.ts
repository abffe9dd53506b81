import { bestFirst } from '../ranking/rank.ts'
import type { NearestStore } from '../store/nearest-store.ts'
import { EXACT_UP_TO, type ItemIndex, OUTSIDE_COSTS, SPARE } from './vector-index.ts'
import { vectorRows } from './vector-rows.ts'

/** One of which the store keeps the graph. The rows are here: the store only proposes, by vectors that it has rounded. */
export interface StoredVectorIndex extends ItemIndex {
  /** The store has taken the item in as it was put last. */
  indexed(itemId: string): void
}

/** Items that the store has not taken in yet are searched exactly, as in `vectorIndex`. */
export function storedVectorIndex(
  space: string,
  dimension: number,
  store: Pick<NearestStore, 'nearest'>,
  exactUpTo = EXACT_UP_TO,
): StoredVectorIndex {
  const rows = vectorRows(dimension)
  const outside = new Set<number>()
  /** Of what stands there as it is here. */
  function* currentRows(itemIds: readonly string[]): Generator<number> {
    for (const itemId of itemIds) {
      const row = rows.rowOf(itemId)
      if (row !== undefined && !outside.has(row)) yield row
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
    put: (itemId, vector) => void outside.add(rows.put(itemId, vector)),
    remove(itemId) {
      const row = rows.remove(itemId)
      if (row !== undefined) outside.delete(row)
    },
    indexed(itemId) {
      const row = rows.rowOf(itemId)
      if (row !== undefined) outside.delete(row)
    },
    vectorOf: rows.vectorOf,
    scoreOf: rows.scoreOf,
    async search(query, count) {
      const isExact = rows.size <= exactUpTo || outside.size * OUTSIDE_COSTS > rows.size
      if (isExact) return rows.searchAll(query, count).sort(bestFirst).slice(0, count)
      const proposed = await store.nearest(space, query, count + SPARE + outside.size)
      const found = [...rows.scored(currentRows(proposed), query), ...rows.scored(outside, query)]
      return found.sort(bestFirst).slice(0, count)
    },
  }
}
