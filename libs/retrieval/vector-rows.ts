import usearch, { type Matches } from 'usearch'
import { dotAt } from '../interest/vector.ts'
import type { Scored } from '../ranking/rank.ts'

/** Unit vectors of one space, row by row in one float32 block, so that a search runs over contiguous memory.
 *  A row keeps its number until its item is removed; a removed row is zero until another item takes it. */
export interface VectorRows {
  /** Items that have a row now. */
  readonly size: number
  /** Rows in use or free: the block's height. */
  readonly height: number
  /** Sets the item's vector and returns its row. */
  put(itemId: string, vector: Float32Array): number
  /** Frees the item's row and returns it. */
  remove(itemId: string): number | undefined
  rowOf(itemId: string): number | undefined
  /** float32[dimension], valid until the next change. */
  vectorOf(itemId: string): Float32Array | undefined
  /** query · v; undefined for an unknown item. */
  scoreOf(query: Float32Array, itemId: string): number | undefined
  itemAt(row: number): string | undefined
  /** float32[dimension], a view into the block. */
  vectorAt(row: number): Float32Array
  /** Those of the rows that have an item, with query · v. */
  scored(rows: Iterable<number | bigint>, query: Float32Array): Scored[]
  /** At least the `count` best of all, in any order; fewer when there are fewer. */
  searchAll(query: Float32Array, count: number): Scored[]
}

const FIRST_CAPACITY = 1_024

export function vectorRows(dimension: number): VectorRows {
  let block = new Float32Array(FIRST_CAPACITY * dimension)
  const itemIds: (string | undefined)[] = []
  const rows = new Map<string, number>()
  const free: number[] = []

  function freshRow(): number {
    const row = itemIds.length
    if ((row + 1) * dimension > block.length) {
      const larger = new Float32Array(block.length * 2)
      larger.set(block)
      block = larger
    }
    return row
  }

  const vectorAt = (row: number) => block.subarray(row * dimension, (row + 1) * dimension)

  function scored(found: Iterable<number | bigint>, query: Float32Array): Scored[] {
    const all: Scored[] = []
    for (const key of found) {
      const row = Number(key)
      const itemId = itemIds[row]
      if (itemId !== undefined) all.push({ itemId, score: dotAt(block, row * dimension, query) })
    }
    return all
  }

  return {
    get size() {
      return rows.size
    },
    get height() {
      return itemIds.length
    },
    put(itemId, vector) {
      const row = rows.get(itemId) ?? free.pop() ?? freshRow()
      rows.set(itemId, row)
      itemIds[row] = itemId
      block.set(vector, row * dimension)
      return row
    },
    remove(itemId) {
      const row = rows.get(itemId)
      if (row === undefined) return undefined
      rows.delete(itemId)
      itemIds[row] = undefined
      free.push(row)
      vectorAt(row).fill(0)
      return row
    },
    rowOf: (itemId) => rows.get(itemId),
    vectorOf(itemId) {
      const row = rows.get(itemId)
      return row === undefined ? undefined : vectorAt(row)
    },
    scoreOf(query, itemId) {
      const row = rows.get(itemId)
      return row === undefined ? undefined : dotAt(block, row * dimension, query)
    },
    itemAt: (row) => itemIds[row],
    vectorAt,
    scored,
    searchAll(query, count) {
      // Free rows are zero and would rank among the rest: ask for as many more.
      const most = Math.min(itemIds.length, count + itemIds.length - rows.size)
      if (most === 0) return []
      const filled = block.subarray(0, itemIds.length * dimension)
      const found = usearch.exactSearch(filled, query, dimension, most, usearch.MetricKind.IP, 1)
      return scored((found as Matches).keys, query)
    },
  }
}
