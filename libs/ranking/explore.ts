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

/** Gives a share of the places to candidates of the pool, chosen by chance, as are the places. Chance is drawn from the
 *  seed (the recommendation's id): the same seed repeats the same page. `share · places` is rounded up or down by
 *  chance too, so that a small share of a short page is kept on average. */
export function explore(
  page: readonly Candidate[],
  pool: readonly Candidate[],
  { share }: Exploration,
  seed: string,
): ExploredPlace[] {
  const onPage = new Set(page.map(({ itemId }) => itemId))
  const fresh = byChance(
    pool.filter(({ itemId }) => !onPage.has(itemId)),
    ({ itemId }) => `${seed} item ${itemId}`,
  )
  const wanted = Math.floor(share * page.length + draw(`${seed} count`))
  const places = byChance([...page.keys()], (place) => `${seed} place ${place}`)
  const chosen = new Map(
    places.slice(0, Math.min(wanted, fresh.length)).map((place, n) => [place, fresh[n]!]),
  )
  return page.map((candidate, place) => {
    const explored = chosen.get(place)
    return { candidate: explored ?? candidate, exploration: explored !== undefined }
  })
}

function byChance<T>(values: readonly T[], nameOf: (value: T) => string): T[] {
  const drawn = values.map((value) => ({ value, at: draw(nameOf(value)) }))
  return drawn.sort((a, b) => a.at - b.at).map(({ value }) => value)
}
