import { decay, elapsed } from '../../../libs/interest/decay.ts'
import type { DurationMs } from '../../../libs/interest/time.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Neighbourhood } from '../community/neighbourhood.ts'
import type { Source } from '../source.ts'

const MOST_NEIGHBORS = 30
/** Of each neighbour so many of the newest events. */
const NEWEST = 20

/** What people with a taste like the viewer's want: what trends among them, each with their likeness as weight,
 *  `Σ_n likeness(n) · Σ_e w(e) · 2^(−age/h)`. Whoever chose nothing that the viewer has not chosen themselves has nothing to
 *  say; so a history that a device keeps to itself is answered as if it were stored. */
export function neighborsSource(
  neighbourhood: Neighbourhood,
  catalog: CatalogView,
  halfLifeMs: DurationMs,
): Source {
  return {
    name: 'neighbors',
    prefer({ viewer: { userId: own, taste, state }, nowMs }) {
      if (taste === undefined) return undefined
      const chosen = new Set(state?.remembered.map(({ itemId }) => itemId))
      const scores = new Map<string, number>()
      let heard = 0
      for (const { userId, likeness, events } of neighbourhood.near(taste, 2 * MOST_NEIGHBORS)) {
        if (heard === MOST_NEIGHBORS || likeness <= 0) break
        const news = events
          .slice(0, NEWEST)
          .filter(
            ({ itemId }) =>
              !chosen.has(itemId) && (scores.has(itemId) || catalog.itemOf(itemId) !== undefined),
          )
        if (userId === own || news.length === 0) continue
        heard++
        for (const { itemId, weight, occurredAtMs } of news) {
          const left = likeness * weight * decay(elapsed(nowMs, occurredAtMs), halfLifeMs)
          scores.set(itemId, (scores.get(itemId) ?? 0) + left)
        }
      }
      return sparsePreference(scores, catalog.size)
    },
  }
}
