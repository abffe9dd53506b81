import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { type Interest, splitInterests } from '../../libs/interest/split-interests.ts'
import { weighedEvents } from '../../libs/ranking/weighed-events.ts'
import type { CatalogView } from './catalog-view.ts'
import type { Viewer } from './viewer.ts'

/** So many of the newest events tell the interests apart; the work grows with their square. */
const NEWEST = 50
/** More is split here than is told apart to a person: two halves of one interest share a page as one would, while two
 *  interests taken for one lose the weaker from it. */
const CLEAREST_SINGLE = 0.05

/** The several interests of a viewer, heaviest first. An event's weight here is what it weighs in the score, so that the
 *  page is shared out as the score would have it. */
export function interestsFor(
  { basis, state, taste }: Viewer,
  shape: InterestShape,
  catalog: CatalogView,
  most: number,
): Interest[] {
  if (basis !== 'interests' || state === undefined || taste === undefined) return []
  const weighed = weighedEvents(state, taste, shape, NEWEST)
  return splitInterests(weighed, (itemId) => catalog.vectorOf(TEXT_SPACE, itemId), {
    // They are weighed already.
    nowMs: state.interest.asOfMs,
    halfLifeMs: Number.POSITIVE_INFINITY,
    mostInterests: most,
    clearestSingle: CLEAREST_SINGLE,
  })
}
