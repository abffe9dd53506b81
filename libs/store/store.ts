import type { InterestShape } from '../interest/interest-shape.ts'
import type { CatalogStore } from './catalog-store.ts'
import type { InterestStore } from './interest-store.ts'
import type { ProfileStore } from './profile-store.ts'

/** One store behind its three ports, opened under a contract. */
export interface Store extends InterestStore, CatalogStore, ProfileStore {
  /** Resolves when the store answers, rejects with HL_STORE_UNAVAILABLE when it does not. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** What the stored bytes mean. It is written by whoever opens an empty store; later openers must agree. */
export interface StoreContract {
  readonly version: 1
  readonly shape: InterestShape
  /** Users are dropped this long after their last write. */
  readonly userTtlMs: number
}
