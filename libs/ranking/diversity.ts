import { z } from 'zod'
import { dot } from '../interest/vector.ts'
import type { Candidate } from './candidate.ts'
import type { PagePenalty, PageRule } from './compose-page.ts'

export const diversitySchema = z.strictObject({
  /** 1: the plain order. Less: what resembles the page so far must score higher to get onto it. */
  lambda: z.number().min(0.05).max(1).default(1),
  /** At most so many items of one category on a page. */
  perCategory: z.number().int().min(1).optional(),
})

export type Diversity = z.infer<typeof diversitySchema>

/** Only the first places are made diverse: nobody compares the 60th with the 7th, and the work grows with their square. */
const DIVERSE_PLACES = 50

/** Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): the next item is the one with the largest
 *  `λ · score − (1 − λ) · likeness`, likeness being the largest cosine with an item on the page. Divided by λ, which
 *  changes no order, it is the score less `(1 − λ)/λ · likeness`: the share of this stage. Likeness below 0 counts 0. */
export function likenessPenalty(
  candidates: readonly Candidate[],
  vectorOf: (itemId: string) => Float32Array | undefined,
  lambda: number,
): PagePenalty {
  const page: (Float32Array | undefined)[] = []
  const likeness = new Float64Array(candidates.length)
  /** How much of the page each candidate has been compared with. */
  const compared = new Uint8Array(candidates.length)
  const vectorAt = (place: number) => vectorOf(candidates[place]!.itemId)
  return {
    of(place) {
      if (page.length >= DIVERSE_PLACES) return 0
      const own = vectorAt(place)
      for (; compared[place]! < page.length; compared[place]!++) {
        const other = page[compared[place]!]
        if (own === undefined || other === undefined) continue
        likeness[place] = Math.max(likeness[place]!, dot(own, other))
      }
      return ((1 - lambda) / lambda) * likeness[place]!
    },
    take(place) {
      if (page.length < DIVERSE_PLACES) page.push(vectorAt(place))
    },
  }
}

/** At most `most` items of one category; items without one are not limited. */
export function categoryLimit(most: number, categoryOf: (itemId: string) => string): PageRule {
  const counts = new Map<string, number>()
  return {
    admits({ itemId }) {
      const category = categoryOf(itemId)
      return category === '' || (counts.get(category) ?? 0) < most
    },
    take({ itemId }) {
      const category = categoryOf(itemId)
      counts.set(category, (counts.get(category) ?? 0) + 1)
    },
  }
}
