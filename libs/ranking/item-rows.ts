/** What goes together with an item: rows of a sparse table from item to items. */
export interface ItemRows {
  /** How strongly others go together with the item; undefined for an item of which nothing is known. */
  rowOf(itemId: string): ReadonlyMap<string, number> | undefined
}
