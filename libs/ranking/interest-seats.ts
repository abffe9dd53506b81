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
  const interestOf = new Map<string, number | undefined>()
  /** Candidates that were looked at and have no place yet. */
  const waiting = interests.map(() => 0)
  const seats = interests.map(() => 0)
  let lookedAt = 0
  let next = owed()
  return {
    admits: (candidate) => (belonging(candidate) ?? next) === next,
    take(candidate) {
      const own = belonging(candidate)
      if (own !== undefined) waiting[own]!--
      seats[own ?? next]!++
      next = owed()
    },
  }

  /** To which interest; found when first asked for, as a page hardly ever looks at all candidates. */
  function belonging({ itemId }: Candidate): number | undefined {
    if (interestOf.has(itemId)) return interestOf.get(itemId)
    const vector = vectorOf(itemId)
    const nearest = vector && nearestTo(vector, interests)
    interestOf.set(itemId, nearest)
    if (nearest !== undefined) waiting[nearest]!++
    return nearest
  }

  function hasCandidate(interest: number): boolean {
    while (waiting[interest] === 0 && lookedAt < candidates.length) belonging(candidates[lookedAt++]!)
    return waiting[interest]! > 0
  }

  /** Among the interests that still have candidates. */
  function owed(): number {
    let [best, claim] = [0, Number.NEGATIVE_INFINITY]
    for (const [k, { mass }] of interests.entries()) {
      const own = mass / (2 * seats[k]! + 1)
      if (own > claim && hasCandidate(k)) [best, claim] = [k, own]
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
