import type { InterestShape } from '../interest/interest-shape.ts'
import type { CatalogStore } from './catalog-store.ts'
import type { InterestStore } from './interest-store.ts'
import type { NearestStore } from './nearest-store.ts'
import type { ProfileStore } from './profile-store.ts'
import type { ShownStore } from './shown-store.ts'

/** One store behind its four ports, opened under a contract. */
export interface Store extends InterestStore, CatalogStore, ProfileStore, ShownStore {
  /** Whose records this store reads and writes for as long as it is open; see generation.ts. */
  readonly generation: string
  /** Whose records readers are to see by now: another's once the store was rebuilt. `readPartition` and `readPosition` reject
   *  from then on, with HL_STORE_SWITCHED. */
  liveGeneration(): Promise<string>
  /** Where the store was asked to keep an index of the catalog. */
  readonly nearest?: NearestStore | undefined
  /** Resolves when the store answers, rejects with HL_STORE_UNAVAILABLE when it does not. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** `float16` takes half the memory and keeps 11 significant bits of each component. */
export type UserVectors = 'float32' | 'float16'

/** What the stored bytes mean. It is written by whoever opens an empty store; later openers must agree. */
export interface StoreContract {
  readonly version: 1
  readonly shape: InterestShape
  /** How the vectors of users are stored. Those of items are always float32. */
  readonly userVectors: UserVectors
  /** Users are dropped this long after their last write. */
  readonly userTtlMs: number
  /** What else states follow from: weights and bounds, as one text. Nobody is refused for it; a rebuild under other rules
   *  is another rebuild. */
  readonly rules?: string
}
