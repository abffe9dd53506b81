import type { Candidate } from './candidate.ts'
import type { PageRule } from './compose-page.ts'
import type { SourceName } from './source-name.ts'

/** Part of a page, 0 to 1, that a source's own proposals take. */
export interface SourceShare {
  readonly atLeast: number
  readonly atMost: number
}

type SourceShares = ReadonlyMap<SourceName, SourceShare>

/** More than a product of a fraction and a number of places is off by: 0.55 · 20 is a trifle above 11. */
const ROUNDING = 1e-9

/** ⌊part · limit⌋ */
export function placesAtLeast(part: number, limit: number): number {
  return Math.floor(part * limit + ROUNDING)
}

/** ⌈part · limit⌉ */
export function placesAtMost(part: number, limit: number): number {
  return Math.ceil(part * limit - ROUNDING)
}

/** No source gets more than `⌈atMost · limit⌉` places. An item counts for the source that it owes most among those that
 *  proposed it. */
export function atMostShares(shares: SourceShares, limit: number): PageRule {
  const placesLeft = new Map<SourceName, number>()
  for (const [source, { atMost }] of shares) {
    if (atMost < 1) placesLeft.set(source, placesAtMost(atMost, limit))
  }
  return {
    admits: ({ origin }) => origin === undefined || (placesLeft.get(origin) ?? 1) > 0,
    take({ origin }) {
      const left = origin && placesLeft.get(origin)
      if (origin !== undefined && left !== undefined) placesLeft.set(origin, left - 1)
    },
  }
}

/** A source gets at least `⌊atLeast · limit⌋` places, the last ones of the page if it did not earn them before, and
 *  fewer only when it has no more to propose. */
export function atLeastShares(
  shares: SourceShares,
  limit: number,
  candidates: readonly Candidate[],
): PageRule {
  const owed = new Map<SourceName, number>()
  for (const [source, { atLeast }] of shares) {
    const proposals = candidates.filter(({ origin }) => origin === source).length
    const places = Math.min(proposals, placesAtLeast(atLeast, limit))
    if (places > 0) owed.set(source, places)
  }
  let placesLeft = limit
  const isOwed = ({ origin }: Candidate) => origin !== undefined && (owed.get(origin) ?? 0) > 0
  return {
    admits(candidate) {
      const all = [...owed.values()].reduce((sum, places) => sum + places, 0)
      return all < placesLeft || isOwed(candidate)
    },
    take(candidate) {
      placesLeft--
      if (isOwed(candidate)) owed.set(candidate.origin!, owed.get(candidate.origin!)! - 1)
    },
  }
}
