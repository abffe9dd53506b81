import type { EventShare, PreferenceAtHand } from './preference.ts'
import { bestFirst, firstAdmitted, type Scored } from './rank.ts'
import { strongest } from './strongest.ts'

/** Scores of some items of the catalog, by number. */
export interface SparseScores {
  /** float64, by number. */
  readonly scores: Float64Array
  readonly itemIds: readonly string[]
  /** Those of the numbers that count. */
  readonly numbers: Int32Array
  /** 0 for an item that has no score. */
  scoreOf(itemId: string): number
}

/** So many are sorted at first: most pages need no more. */
const FIRST_SORTED = 128

/** The preference of a source that knows some items of the catalog only, such as counts: the others have 0, in the mean
 *  and the deviation too. undefined where no item stands out.
 *  @param known of items in the catalog; of one that has left it lately nobody has to know: no filter admits it, and it
 *    hardly moves mean and deviation */
export function sparsePreference(
  known: SparseScores | ReadonlyMap<string, number>,
  catalogSize: number,
  sharesOf?: (itemId: string) => readonly EventShare[],
): PreferenceAtHand | undefined {
  const some = 'numbers' in known ? known : numbered(known)
  const { scores, numbers } = some
  let sum = 0
  let squares = 0
  for (const number of numbers) {
    const score = scores[number]!
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
    scoreOf: some.scoreOf,
    best(limit, admits) {
      for (let wanted = Math.max(FIRST_SORTED, limit); ; wanted *= 8) {
        if (sorted.length < Math.min(wanted, numbers.length)) sorted = largest(some, wanted)
        const best = firstAdmitted(sorted, admits, limit)
        if (best.length === limit || sorted.length === numbers.length) return best
      }
    },
    ...(sharesOf && { sharesOf }),
  }
}

function numbered(known: ReadonlyMap<string, number>): SparseScores {
  return {
    scores: Float64Array.from(known.values()),
    itemIds: [...known.keys()],
    numbers: Int32Array.from({ length: known.size }, (_, number) => number),
    scoreOf: (itemId) => known.get(itemId) ?? 0,
  }
}

/** Scores of items that stand in an order: the first has 1, the last next to nothing. */
export function scoresByPlace(itemIds: readonly string[]): Map<string, number> {
  return new Map(itemIds.map((itemId, place) => [itemId, 1 - place / itemIds.length]))
}

/** The `count` largest and what equals the last of them, best first. */
function largest({ scores, itemIds, numbers }: SparseScores, count: number): Scored[] {
  const least = strongest(numbers, scores, count).reduce((low, n) => Math.min(low, scores[n]!), Infinity)
  const found: Scored[] = []
  for (const number of numbers) {
    if (scores[number]! >= least) found.push({ itemId: itemIds[number]!, score: scores[number]! })
  }
  return found.sort(bestFirst)
}
