import { dot } from '../interest/vector.ts'
import type { Candidate } from './candidate.ts'
import type { PageRule } from './compose-page.ts'

export interface SeatedInterest {
  readonly mass: number
  /** Unit float32[dimension]. */
  readonly centre: Float32Array
}

/** Shares the places of a page out among a user's interests by mass, so that somebody of whom 70 % is one interest and
 *  30 % another gets about such a page, and not one of the stronger alone.
 *
 *  By the method of Sainte-Laguë (1910): the next place belongs to the interest with the largest mass / (2n + 1), n being
 *  the places that it has; so every beginning of the page is in proportion, too. An item belongs to the interest whose
 *  centre it is nearest to; one without a vector fits any. */
export function interestSeats(
  interests: readonly SeatedInterest[],
  candidates: readonly Candidate[],
  vectorOf: (itemId: string) => Float32Array | undefined,
): PageRule {
  const interestOf = new Map<string, number>()
  const waiting = interests.map(() => 0)
  const seats = interests.map(() => 0)
  for (const { itemId } of candidates) {
    const vector = vectorOf(itemId)
    if (vector === undefined) continue
    const nearest = nearestTo(vector, interests)
    interestOf.set(itemId, nearest)
    waiting[nearest]!++
  }
  let next = owed()
  return {
    admits: ({ itemId }) => (interestOf.get(itemId) ?? next) === next,
    take({ itemId }) {
      const interest = interestOf.get(itemId) ?? next
      waiting[interest]!--
      seats[interest]!++
      next = owed()
    },
  }

  /** Among the interests that still have candidates. */
  function owed(): number {
    let [best, claim] = [0, Number.NEGATIVE_INFINITY]
    for (const [k, { mass }] of interests.entries()) {
      const own = mass / (2 * seats[k]! + 1)
      if (waiting[k]! > 0 && own > claim) [best, claim] = [k, own]
    }
    return best
  }
}

function nearestTo(vector: Float32Array, interests: readonly SeatedInterest[]): number {
  let [best, closest] = [0, Number.NEGATIVE_INFINITY]
  for (const [k, { centre }] of interests.entries()) {
    const likeness = dot(vector, centre)
    if (likeness > closest) [best, closest] = [k, likeness]
  }
  return best
}
