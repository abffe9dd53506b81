import { groupsOf } from '../../../libs/event/attribute-groups.ts'
import type { Source } from '../source.ts'
import type { TrendingView } from '../trending-view.ts'

/** What many people want now: where the request comes from, by the first of the attributes that its context names and that
 *  is counted; else everywhere. */
export function trendingSource(trending: TrendingView, by: readonly string[]): Source {
  return {
    name: 'trending',
    prefer({ context }) {
      return trending.preference(groupsOf(context, by).find(trending.isCounted))
    },
  }
}
