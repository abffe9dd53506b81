import { z } from 'zod'
import type { Candidate } from './candidate.ts'
import { draw } from './draw.ts'

export const explorationSchema = z.strictObject({
  /** Part of the places, 0 to 1, that is given to items of which little is known. */
  share: z.number().min(0).max(1).default(0),
})

export type Exploration = z.infer<typeof explorationSchema>

export interface ExploredPlace {
  readonly candidate: Candidate
  readonly exploration: boolean
}

/** Whether a candidate may stand on a page beside these. */
export type Fits = (beside: readonly Candidate[]) => (candidate: Candidate) => boolean

/** Gives a share of the places to candidates of the pool, chosen by chance, as are the places. Chance is drawn from the
 *  seed (the recommendation's id): the same seed repeats the same page. `share · places` is rounded up or down by
 *  chance too, so that a small share of a short page is kept on average; fewer where too few of the pool fit in. */
export function explore(
  page: readonly Candidate[],
  pool: readonly Candidate[],
  { share }: Exploration,
  seed: string,
  fits: Fits = () => () => true,
): ExploredPlace[] {
  const onPage = new Set(page.map(({ itemId }) => itemId))
  const fresh = byChance(
    pool.filter(({ itemId }) => !onPage.has(itemId)),
    ({ itemId }) => `${seed} item ${itemId}`,
  )
  const wanted = Math.floor(share * page.length + draw(`${seed} count`))
  const explored = page.map((candidate): ExploredPlace => ({ candidate, exploration: false }))
  let given = 0
  for (const place of byChance([...page.keys()], (each) => `${seed} place ${each}`)) {
    if (given === wanted || fresh.length === 0) break
    const beside = explored.filter((_, other) => other !== place).map(({ candidate }) => candidate)
    const found = fresh.findIndex(fits(beside))
    if (found === -1) continue
    explored[place] = { candidate: fresh.splice(found, 1)[0]!, exploration: true }
    given++
  }
  return explored
}

function byChance<T>(values: readonly T[], nameOf: (value: T) => string): T[] {
  const drawn = values.map((value) => ({ value, at: draw(nameOf(value)) }))
  return drawn.sort((a, b) => a.at - b.at).map(({ value }) => value)
}
