import type { Case } from './split.ts'

/** What a method made of one case. */
export interface Ranked {
  /** int32[targets], rising: places of the targets in the whole catalog, 0 the first. A target that is masked, because
   *  the user had it before, has the place after the last. */
  readonly ranks: Int32Array
  /** The first items of the list, best first. */
  readonly page: Int32Array
}

export const PAGE = 20

/** Ranks the whole catalog. Equal scores go by item number, an order that was drawn by lot (see clean.ts) and so favours
 *  nobody, the target least of all. `maskSeen` takes what the user had before out of the list.
 *  @param scores float64[catalogSize]; overwritten where masked */
export function rankedCase(asked: Case, scores: Float64Array, maskSeen: boolean): Ranked {
  if (maskSeen) for (const item of asked.items) scores[item] = Number.NEGATIVE_INFINITY
  const ranks = asked.targets.map((target) => placeOf(target, scores)).sort()
  return { ranks, page: firstOf(scores) }
}

function placeOf(target: number, scores: Float64Array): number {
  const own = scores[target]!
  if (own === Number.NEGATIVE_INFINITY) return scores.length
  let before = 0
  for (let item = 0; item < scores.length; item++) {
    if (scores[item]! > own || (item < target && scores[item] === own)) before++
  }
  return before
}

/** The PAGE best, best first: an insertion into a short sorted list, which most items fail to enter. */
function firstOf(scores: Float64Array): Int32Array {
  const page: number[] = []
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!
    if (score === Number.NEGATIVE_INFINITY) continue
    if (page.length === PAGE && score <= scores[page[PAGE - 1]!]!) continue
    let at = page.length
    while (at > 0 && scores[page[at - 1]!]! < score) at--
    page.splice(at, 0, item)
    if (page.length > PAGE) page.pop()
  }
  return Int32Array.from(page)
}
