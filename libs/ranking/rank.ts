/** One candidate with its score. */
export interface Scored {
  readonly itemId: string
  readonly score: number
}

/** Best first; ids decide between equal scores, so the same scores always give the same page. */
export function bestFirst(a: Scored, b: Scored): number {
  return b.score - a.score || (a.itemId < b.itemId ? -1 : a.itemId > b.itemId ? 1 : 0)
}

/** The `limit` best of the candidates that `admits` lets through. */
export function rank(
  candidates: Iterable<Scored>,
  admits: (itemId: string) => boolean,
  limit: number,
): Scored[] {
  return [...candidates]
    .filter((candidate) => admits(candidate.itemId))
    .sort(bestFirst)
    .slice(0, limit)
}

/** The first `limit` of `sorted` that `admits` lets through; no more are asked about than that takes. */
export function firstAdmitted(
  sorted: readonly Scored[],
  admits: (itemId: string) => boolean,
  limit: number,
): Scored[] {
  const admitted: Scored[] = []
  for (const scored of sorted) {
    if (admitted.length === limit) break
    if (admits(scored.itemId)) admitted.push(scored)
  }
  return admitted
}
