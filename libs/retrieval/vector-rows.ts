import { dotAt } from '../interest/vector.ts'

/** Unit vectors of one space, row by row in one float32 block, so that a search runs over contiguous memory.
 *  A row keeps its number until its item is removed; a removed row is zero until another item takes it. */
export interface VectorRows {
  readonly dimension: number
  /** Items that have a row now. */
  readonly size: number
  /** Rows in use or free: the block's height. */
  readonly height: number
  /** float32[height × dimension] */
  block(): Float32Array
  /** Sets the item's vector and returns its row. */
  put(itemId: string, vector: Float32Array): number
  /** Frees the item's row and returns it. */
  remove(itemId: string): number | undefined
  rowOf(itemId: string): number | undefined
  itemAt(row: number): string | undefined
  /** float32[dimension], a view into the block. */
  vectorAt(row: number): Float32Array
  /** The dot product with the row's vector, without a view of it: making one takes as long as the product. */
  dotAt(row: number, query: Float32Array): number
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

  return {
    dimension,
    get size() {
      return rows.size
    },
    get height() {
      return itemIds.length
    },
    block: () => block.subarray(0, itemIds.length * dimension),
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
    itemAt: (row) => itemIds[row],
    vectorAt,
    dotAt: (row, query) => dotAt(block, row * dimension, query),
  }
}
