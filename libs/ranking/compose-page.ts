import type { Candidate } from './candidate.ts'

/** Decides who may take the next place. */
export interface PageRule {
  admits(candidate: Candidate): boolean
  /** The candidate has taken the next place. */
  take(candidate: Candidate): void
}

/** What the next place would cost a candidate, because of what stands on the page. */
export interface PagePenalty {
  /** Never below 0. @param place of the candidate in the list */
  of(place: number): number
  take(place: number): void
}

export interface PageRules {
  /** Rather an empty place than one of these broken. */
  readonly hard: readonly PageRule[]
  /** Kept as long as a candidate keeps them; the last gives way first. */
  readonly soft: readonly PageRule[]
  readonly penalty?: PagePenalty
}

export interface Placed {
  readonly candidate: Candidate
  readonly penalty: number
}

/** Fills a page place by place, each with the best candidate that the rules admit, best meaning score less penalty.
 *  Without rules and penalty it is the plain order. @param candidates best first */
export function composePage(
  candidates: readonly Candidate[],
  limit: number,
  { hard, soft, penalty }: PageRules,
): Placed[] {
  const taken = new Set<number>()
  const page: Placed[] = []
  while (page.length < limit) {
    const next = nextPlace()
    if (next === undefined) return page
    taken.add(next.place)
    const candidate = candidates[next.place]!
    for (const rule of [...hard, ...soft]) rule.take(candidate)
    penalty?.take(next.place)
    page.push({ candidate, penalty: next.penalty })
  }
  return page

  function nextPlace(): { place: number; penalty: number } | undefined {
    for (let kept = soft.length; kept >= 0; kept--) {
      const found = bestOf([...hard, ...soft.slice(0, kept)])
      if (found !== undefined) return found
    }
    return undefined
  }

  /** A penalty only lowers: the search ends where even the score without it is not better than what was found. */
  function bestOf(rules: readonly PageRule[]): { place: number; penalty: number } | undefined {
    let best: { place: number; penalty: number } | undefined
    let value = Number.NEGATIVE_INFINITY
    for (const [place, candidate] of candidates.entries()) {
      if (candidate.score <= value) break
      if (taken.has(place) || !rules.every((rule) => rule.admits(candidate))) continue
      const cost = penalty?.of(place) ?? 0
      if (candidate.score - cost > value) {
        best = { place, penalty: cost }
        value = candidate.score - cost
      }
    }
    return best
  }
}
