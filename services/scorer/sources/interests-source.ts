import { TEXT_SPACE } from '../../../libs/event/item-vectors.ts'
import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { Interest } from '../../../libs/interest/split-interests.ts'
import { eventShares } from '../../../libs/ranking/event-shares.ts'
import type { EventShare } from '../../../libs/ranking/preference.ts'
import { bestFirst } from '../../../libs/ranking/rank.ts'
import { vectorPreference } from '../../../libs/ranking/vector-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { ModelView } from '../model-view.ts'
import type { Source } from '../source.ts'
import type { Viewer } from '../viewer.ts'
import { vectorCatalog } from './vector-catalog.ts'

/** What the viewer's interest vectors point at. The whole taste scores; of several interests each proposes for itself, else
 *  a strong one would leave a weak one without a good candidate. */
export function interestsSource(
  catalog: CatalogView,
  shape: InterestShape,
  models: Pick<ModelView, 'current'>,
): Source {
  return {
    name: 'interests',
    counts({ viewer }) {
      const model = models.current()
      const events = viewer.state?.remembered.events ?? []
      // Where the model has nothing to say, nothing stands beside it.
      const speaks = events.some(({ itemId, weight }) => weight > 0 && model?.learnedWith(itemId))
      return model !== undefined && speaks ? model.interestsCount : 1
    },
    prefer({ viewer, interests, findable, places }) {
      if (viewer.taste === undefined) return undefined
      const { queries } = viewer.taste
      const found = vectorCatalog(catalog, findable)
      const sharesOf = sharesFor(viewer, catalog, shape)
      return vectorPreference(queries, found, {
        async best(limit, admits) {
          const several = proposing(interests(), places)
          if (several.length < 2) return found.search(queries, limit, admits)
          const nearEach = await Promise.all(
            several.map(({ centre, part }) =>
              found.search(new Map([[TEXT_SPACE, centre]]), Math.ceil(limit * part), admits),
            ),
          )
          const itemIds = new Set(nearEach.flatMap((near) => near.map(({ itemId }) => itemId)))
          return Array.from(itemIds, (itemId) => ({ itemId, score: found.scoreOf(queries, itemId) })).sort(
            bestFirst,
          )
        },
        ...(sharesOf && { sharesOf }),
      })
    },
  }
}

/** The interests that are owed half a place at least, and their part of the mass of all. */
function proposing(
  interests: readonly Interest[],
  places: number,
): { readonly centre: Float32Array; readonly part: number }[] {
  const total = interests.reduce((sum, { mass }) => sum + mass, 0)
  return interests
    .map(({ centre, mass }) => ({ centre, part: mass / total }))
    .filter(({ part }) => part * places >= 0.5)
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
    shares ??= eventShares(taste, state.interest, shape, state.remembered.events, catalog.vectorsOf)
    return shares(catalog.vectorsOf(itemId) ?? new Map())
  }
}
