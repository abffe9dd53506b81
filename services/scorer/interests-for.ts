import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import { decay } from '../../libs/interest/decay.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../libs/interest/remembered-event.ts'
import { type Interest, splitInterests } from '../../libs/interest/split-interests.ts'
import type { CatalogView } from './catalog-view.ts'
import type { Viewer } from './viewer.ts'

/** So many of the newest events tell the interests apart; the work grows with their square. */
const NEWEST = 50
/** More is split here than is told apart to a person: two halves of one interest share a page as one would, while two
 *  interests taken for one lose the weaker from it. */
const CLEAREST_SINGLE = 0.05

/** The several interests of a viewer, heaviest first. An event's weight here is what it weighs in the score: over all
 *  timescales, `w · Σ_τ c_τ · 2^(−age/h_τ)`, so that the page is shared out as the score would have it. */
export function interestsFor(
  { basis, state, taste }: Viewer,
  shape: InterestShape,
  catalog: CatalogView,
  most: number,
): Interest[] {
  const space = shape.spaces.findIndex(({ name }) => name === TEXT_SPACE)
  const coefficients = taste?.coefficients[space]
  if (basis !== 'interests' || state === undefined || coefficients === undefined) return []
  const weighted = state.remembered.slice(0, NEWEST).map((event): RememberedEvent => {
    const ageMs = state.interest.asOfMs - event.occurredAtMs
    const left = shape.timescales.map(({ halfLifeMs }, t) => coefficients[t]! * decay(ageMs, halfLifeMs))
    return { ...event, weight: event.weight * left.reduce((sum, part) => sum + part, 0) }
  })
  return splitInterests(weighted, (itemId) => catalog.vectorOf(TEXT_SPACE, itemId), {
    // They are weighed already.
    nowMs: state.interest.asOfMs,
    halfLifeMs: Number.POSITIVE_INFINITY,
    mostInterests: most,
    clearestSingle: CLEAREST_SINGLE,
  })
}
