/** What goes together with an item: rows of a sparse table from item to items. */
export interface ItemRows {
  /** How strongly others go together with the item; undefined for an item of which nothing is known. */
  rowOf(itemId: string): ReadonlyMap<string, number> | undefined
}

/** The first table that knows an item has its say about it: a learned one, and what is counted since it was learned. */
export function firstKnown(...tables: readonly ItemRows[]): ItemRows {
  return {
    rowOf(itemId) {
      for (const table of tables) {
        const row = table.rowOf(itemId)
        if (row !== undefined) return row
      }
      return undefined
    },
  }
}
