import type { Source } from '../source.ts'
import type { TrendingView } from '../trending-view.ts'

/** What many people want now. */
export function trendingSource(trending: TrendingView): Source {
  return { name: 'trending', prefer: () => trending.preference() }
}
