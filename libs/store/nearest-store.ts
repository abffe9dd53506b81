import type { ItemVectors } from '../interest/interest-state.ts'

/** An index of the catalog's vectors that the store itself keeps, for scorers that are to have none of their own. It is a
 *  view of the change feed: whoever writes the catalog brings it up to date. */
export interface NearestStore {
  /** The change up to which the index holds the catalog, a cursor of `itemChanges`; 0: nothing yet. */
  indexedUpTo(): Promise<number>
  /** Puts items into the index, or takes out those without a vector, and moves it on from one cursor to the next, all in
   *  one step. Resolves with false, and changes nothing, when the index no longer stands at `from`: another has moved it on. */
  indexItems(changes: readonly IndexChange[], from: number, to: number): Promise<boolean>
  /** Ids of about the `count` items with the largest dot product, best first. `query`: float32[dimension] of any length. */
  nearest(space: string, query: Float32Array, count: number): Promise<string[]>
}

export interface IndexChange {
  readonly itemId: string
  /** Unit vector float32[dimension] per space; undefined takes the item out. */
  readonly vectors: ItemVectors | undefined
}
