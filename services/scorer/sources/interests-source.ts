import { TEXT_SPACE } from '../../../libs/event/item-vectors.ts'
import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import { eventShares } from '../../../libs/ranking/attribute-score.ts'
import type { EventShare } from '../../../libs/ranking/preference.ts'
import { vectorPreference } from '../../../libs/ranking/vector-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Source } from '../source.ts'
import type { Viewer } from '../viewer.ts'
import { vectorCatalog } from './vector-catalog.ts'

/** What the viewer's interest vectors point at. The whole taste scores; each of several interests proposes for itself
 *  too, else a strong one would leave a weak one without a candidate. */
export function interestsSource(catalog: CatalogView, shape: InterestShape): Source {
  return {
    name: 'interests',
    prefer({ viewer, interests, within }) {
      if (viewer.taste === undefined) return undefined
      const several = interests()
      const total = several.reduce((sum, { mass }) => sum + mass, 0)
      const proposing = several.map(({ centre, mass }) => {
        return { queries: new Map([[TEXT_SPACE, centre]]), part: mass / total }
      })
      const sharesOf = sharesFor(viewer, catalog, shape)
      return vectorPreference(viewer.taste.queries, vectorCatalog(catalog, within), {
        proposing: several.length > 1 ? proposing : [],
        ...(sharesOf && { sharesOf }),
      })
    },
  }
}

/** Only what somebody did themselves is told to them event by event. */
function sharesFor(
  { basis, state, taste }: Viewer,
  catalog: CatalogView,
  shape: InterestShape,
): ((itemId: string) => readonly EventShare[]) | undefined {
  if (basis !== 'interests' || state === undefined || taste === undefined) return undefined
  let shares: ReturnType<typeof eventShares> | undefined
  return (itemId) => {
    shares ??= eventShares(taste, state.interest, shape, state.remembered, catalog.vectorsOf)
    return shares(catalog.vectorsOf(itemId) ?? new Map())
  }
}
