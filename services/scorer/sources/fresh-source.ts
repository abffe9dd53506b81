import type { Preference } from '../../../libs/ranking/preference.ts'
import { scoresByPlace, sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Source } from '../source.ts'
import type { TrendingView } from '../trending-view.ts'

/** So many of the newest items are looked at. */
const NEWEST = 1_000
/** An item with more decayed weight of events than this, two views' worth, is known well enough. */
const UNTOUCHED = 2

/** Nor is one unknown that was shown more often than this, decayed likewise: it had its chance. */
const LITTLE_SHOWN = 100

/** Items that appeared last, that few have been shown and few have touched: what a page explores, the newest first. */
export function freshSource(catalog: CatalogView, trending: TrendingView): Source {
  let kept: { version: number; preference: Preference | undefined } | undefined

  function compute(): Preference | undefined {
    const untouched = catalog.newest(NEWEST).filter((itemId) => {
      return trending.weightOf(itemId) <= UNTOUCHED && trending.impressionsOf(itemId) <= LITTLE_SHOWN
    })
    return sparsePreference(scoresByPlace(untouched), catalog.size)
  }

  return {
    name: 'fresh',
    prefer() {
      const { version } = trending
      if (kept?.version !== version) kept = { version, preference: compute() }
      return kept.preference
    },
  }
}
