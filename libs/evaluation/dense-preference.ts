import type { PreferenceAtHand } from '../ranking/preference.ts'
import type { Scored } from '../ranking/rank.ts'

/** Standard scores of a whole catalog as the preference of a source; the item's number is its id. Equal scores go by item
 *  number, an order that was drawn by lot (see clean.ts) and so favours nobody, the answer least of all.
 *  @param scores float64[catalogSize], mean 0 and deviation 1 */
export function densePreference(scores: Float64Array): PreferenceAtHand {
  return {
    mean: 0,
    deviation: 1,
    scoreOf: (itemId) => scores[Number(itemId)]!,
    best(limit, admits) {
      // An insertion into a short sorted list, which most items fail to enter.
      const found: Scored[] = []
      for (let item = 0; item < scores.length; item++) {
        const score = scores[item]!
        if (found.length === limit && score <= found[limit - 1]!.score) continue
        const itemId = String(item)
        if (!admits(itemId)) continue
        let at = found.length
        while (at > 0 && found[at - 1]!.score < score) at--
        found.splice(at, 0, { itemId, score })
        if (found.length > limit) found.pop()
      }
      return found
    },
  }
}
