import type { EventShare, Preference } from './preference.ts'
import { bestFirst, type Scored } from './rank.ts'

/** The preference of a source that knows some items of the catalog only, such as counts: the others have 0, in the mean
 *  and the deviation too. `scores`: of items in the catalog. undefined where no item stands out. */
export function sparsePreference(
  scores: ReadonlyMap<string, number>,
  catalogSize: number,
  sharesOf?: (itemId: string) => readonly EventShare[],
): Preference | undefined {
  let [sum, squares] = [0, 0]
  for (const score of scores.values()) {
    sum += score
    squares += score * score
  }
  const mean = sum / catalogSize
  const deviation = Math.sqrt(Math.max(0, squares / catalogSize - mean * mean))
  // What rounding leaves of equal scores is no difference.
  if (!(deviation > 1e-9 * Math.abs(mean))) return undefined
  let sorted: Scored[] | undefined
  return {
    mean,
    deviation,
    scoreOf: (itemId) => scores.get(itemId) ?? 0,
    best(limit, admits) {
      sorted ??= [...scores].map(([itemId, score]) => ({ itemId, score })).sort(bestFirst)
      const best: Scored[] = []
      for (const scored of sorted) {
        if (best.length === limit) break
        if (admits(scored.itemId)) best.push(scored)
      }
      return best
    },
    ...(sharesOf && { sharesOf }),
  }
}

/** Scores of items that stand in an order: the first has 1, the last next to nothing. */
export function scoresByPlace(itemIds: readonly string[]): Map<string, number> {
  return new Map(itemIds.map((itemId, place) => [itemId, 1 - place / itemIds.length]))
}
