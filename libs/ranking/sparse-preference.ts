import type { EventShare, PreferenceAtHand } from './preference.ts'
import { bestFirst, firstAdmitted, type Scored } from './rank.ts'

/** So many are sorted at first: most pages need no more. */
const FIRST_SORTED = 128

/** The preference of a source that knows some items of the catalog only, such as counts: the others have 0, in the mean
 *  and the deviation too. undefined where no item stands out.
 *  @param scores of items in the catalog; of one that has left it lately nobody has to know: no filter admits it, and it
 *    hardly moves mean and deviation */
export function sparsePreference(
  scores: ReadonlyMap<string, number>,
  catalogSize: number,
  sharesOf?: (itemId: string) => readonly EventShare[],
): PreferenceAtHand | undefined {
  let sum = 0
  let squares = 0
  for (const score of scores.values()) {
    sum += score
    squares += score * score
  }
  const mean = sum / catalogSize
  const deviation = Math.sqrt(Math.max(0, squares / catalogSize - mean * mean))
  // What rounding leaves of equal scores is no difference.
  if (!(deviation > 1e-9 * Math.abs(mean))) return undefined
  /** The largest of them, more when more were needed. */
  let sorted: Scored[] = []
  return {
    mean,
    deviation,
    scoreOf: (itemId) => scores.get(itemId) ?? 0,
    best(limit, admits) {
      for (let wanted = Math.max(FIRST_SORTED, limit); ; wanted *= 8) {
        if (sorted.length < Math.min(wanted, scores.size)) sorted = largest(scores, wanted)
        const best = firstAdmitted(sorted, admits, limit)
        if (best.length === limit || sorted.length === scores.size) return best
      }
    },
    ...(sharesOf && { sharesOf }),
  }
}

/** Scores of items that stand in an order: the first has 1, the last next to nothing. */
export function scoresByPlace(itemIds: readonly string[]): Map<string, number> {
  return new Map(itemIds.map((itemId, place) => [itemId, 1 - place / itemIds.length]))
}

/** The `count` largest and what equals the last of them, best first. Numbers alone are sorted many times as fast as the
 *  items. */
function largest(scores: ReadonlyMap<string, number>, count: number): Scored[] {
  const values = Float64Array.from(scores.values()).sort()
  const least = values[Math.max(0, values.length - count)]!
  const found: Scored[] = []
  for (const [itemId, score] of scores) if (score >= least) found.push({ itemId, score })
  return found.sort(bestFirst)
}
