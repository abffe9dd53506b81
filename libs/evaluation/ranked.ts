import type { Case } from './split.ts'

/** What a method made of one case. */
export interface Ranked {
  /** int32[targets], rising: places of the targets, 0 the first. One that is not on the page has the place after it. */
  readonly ranks: Int32Array
  /** Item numbers, best first; at most PAGE. */
  readonly page: Int32Array
}

/** As deep as the deepest measure looks. */
export const PAGE = 20

export function rankedCase(asked: Case, page: Int32Array): Ranked {
  const ranks = asked.targets.map((target) => {
    const place = page.indexOf(target)
    return place === -1 ? PAGE : place
  })
  return { ranks: ranks.sort(), page }
}
