import { countsAt } from '../../libs/interest/decayed-counts.ts'
import type { Preference } from '../../libs/ranking/preference.ts'
import { sparsePreference } from '../../libs/ranking/sparse-preference.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { CatalogView } from './catalog-view.ts'

/** What many people want now, over all partitions, as of the last refresh. */
export interface TrendingView {
  /** Decayed weight of all events of an item. */
  weightOf(itemId: string): number
  /** All items of the catalog that trend. Counts fade all alike, so what is preferred does not depend on the moment. */
  preference(): Preference | undefined
  /** Another number after each refresh. */
  readonly version: number
  refresh(nowMs: number): Promise<void>
}

/** What a single view has come to after ten half-lives: nobody would call it a trend. */
const FORGOTTEN = 2 ** -10

export function trendingView(store: InterestStore, catalog: CatalogView, halfLifeMs: number): TrendingView {
  let weights = new Map<string, number>()
  let preference: Preference | undefined
  let version = 0
  return {
    get version() {
      return version
    },
    weightOf: (itemId) => weights.get(itemId) ?? 0,
    preference: () => preference,
    async refresh(nowMs) {
      const partitions = await store.readPartitions()
      const counts = partitions.map((partition) => partition.trending)
      weights = countsAt(counts, nowMs, halfLifeMs)
      const trending = [...weights].filter(([itemId, weight]) => {
        return weight > FORGOTTEN && catalog.itemOf(itemId) !== undefined
      })
      preference = sparsePreference(new Map(trending), catalog.size)
      version++
    },
  }
}
