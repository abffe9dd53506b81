import usearch, { type Matches } from 'usearch'
import { dotAt } from '../interest/vector.ts'
import type { Scored } from '../ranking/rank.ts'

/** Unit vectors of one space, row by row in float32 blocks, so that a search runs over contiguous memory, and a catalog
 *  that grows is never copied. A row keeps its number until its item is removed; a removed row is zero until another item
 *  takes it. */
export interface VectorRows {
  /** Items that have a row now. */
  readonly size: number
  /** Rows in use or free. */
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
  /** float32[dimension], a view into its block. */
  vectorAt(row: number): Float32Array
  /** Those of the rows that have an item, with query · v. */
  scored(rows: Iterable<number | bigint>, query: Float32Array): Scored[]
  /** At least the `count` best of all, in any order; fewer when there are fewer. */
  searchAll(query: Float32Array, count: number): Scored[]
}

/** 6 MB of 384 dimensions. */
const ROWS_OF_A_BLOCK = 4_096

export function vectorRows(dimension: number): VectorRows {
  const blocks: Float32Array[] = []
  const itemIds: (string | undefined)[] = []
  const rows = new Map<string, number>()
  const free: number[] = []

  function freshRow(): number {
    const row = itemIds.length
    if (row % ROWS_OF_A_BLOCK === 0) blocks.push(new Float32Array(ROWS_OF_A_BLOCK * dimension))
    return row
  }

  const blockOf = (row: number) => blocks[Math.floor(row / ROWS_OF_A_BLOCK)]!
  /** Where the row begins in its block. */
  const startOf = (row: number) => (row % ROWS_OF_A_BLOCK) * dimension
  const vectorAt = (row: number) => blockOf(row).subarray(startOf(row), startOf(row) + dimension)
  const product = (row: number, query: Float32Array) => dotAt(blockOf(row), startOf(row), query)

  function scored(found: Iterable<number | bigint>, query: Float32Array): Scored[] {
    const all: Scored[] = []
    for (const key of found) {
      const row = Number(key)
      const itemId = itemIds[row]
      if (itemId !== undefined) all.push({ itemId, score: product(row, query) })
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
      vectorAt(row).set(vector)
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
      return row === undefined ? undefined : product(row, query)
    },
    itemAt: (row) => itemIds[row],
    vectorAt,
    scored,
    searchAll(query, count) {
      const { IP } = usearch.MetricKind
      // Free rows are zero and would rank among the rest: ask for as many more.
      const wanted = count + itemIds.length - rows.size
      return blocks.flatMap((block, b) => {
        const first = b * ROWS_OF_A_BLOCK
        const height = Math.min(ROWS_OF_A_BLOCK, itemIds.length - first)
        const filled = block.subarray(0, height * dimension)
        const found = usearch.exactSearch(filled, query, dimension, Math.min(height, wanted), IP, 1)
        const keys = Array.from((found as Matches).keys, (key) => first + Number(key))
        return scored(keys, query)
      })
    },
  }
}
