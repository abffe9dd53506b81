import type { Item } from '../event/item.ts'

/** Where the catalog lives: items with their vectors, a feed of what changed, and vectors of texts already embedded. */
export interface CatalogStore {
  /** In the order asked, undefined for an unknown item. */
  readItems(itemIds: readonly string[]): Promise<(StoredItem | undefined)[]>
  /** Writes or removes each item, unless the stored one came from a later offset of the same partition. Every item
   *  written or removed appears in the change feed afterwards, never before. */
  writeItems(writes: readonly ItemWrite[]): Promise<void>
  /** Ids of items written or removed after `cursor` (0: from the beginning), each once, oldest change first. A store that
   *  came back without the change at `cursor` begins with the first one that it has. */
  itemChanges(cursor: number, limit: number): Promise<{ itemIds: string[]; cursor: number }>
  /** In the order asked; keys are hashes of model and text. */
  readEmbeddings(keys: readonly string[]): Promise<(Float32Array | undefined)[]>
  writeEmbeddings(embeddings: ReadonlyMap<string, Float32Array>): Promise<void>
}

export interface StoredItem {
  readonly item: Item
  /** Unit vector float32[dimension] per space; a space may be absent. */
  readonly vectors: ReadonlyMap<string, Float32Array>
  /** Hash of the embedded text and its model. */
  readonly contentHash: string
}

export interface ItemWrite {
  readonly itemId: string
  /** undefined removes the item. */
  readonly stored: StoredItem | undefined
  /** Where in the items topic this comes from. */
  readonly source: { readonly partition: number; readonly offset: number }
}
