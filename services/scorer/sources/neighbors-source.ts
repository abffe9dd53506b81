import { decay, elapsed } from '../../../libs/interest/decay.ts'
import type { DurationMs } from '../../../libs/interest/time.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Neighbourhood, Wants } from '../community/neighbourhood.ts'
import type { Source } from '../source.ts'

const MOST_NEIGHBORS = 30

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
      const chosen = new Set(state?.remembered.events.map(({ itemId }) => itemId))
      const scores = new Map<string, number>()
      let heard = 0
      for (const { userId, likeness, wants } of neighbourhood.near(taste, 2 * MOST_NEIGHBORS)) {
        if (heard === MOST_NEIGHBORS || likeness <= 0) break
        if (userId === own) continue
        const factor = likeness * decay(elapsed(nowMs, wants.asOfMs), halfLifeMs)
        if (hear(wants, factor, chosen, scores)) heard++
      }
      return sparsePreference(scores, catalog.size)
    },
  }
}

/** Adds what the viewer has not chosen to the scores. Returns whether there is any such thing. */
function hear(
  { itemIds, weights }: Wants,
  factor: number,
  chosen: ReadonlySet<string>,
  scores: Map<string, number>,
): boolean {
  let heard = false
  for (let n = 0; n < itemIds.length; n++) {
    const itemId = itemIds[n]!
    if (chosen.has(itemId)) continue
    heard = true
    scores.set(itemId, (scores.get(itemId) ?? 0) + factor * weights[n]!)
  }
  return heard
}
