import { scoresByPlace, sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Source } from '../source.ts'

/** The caller's own list, in the caller's order. */
export function suppliedSource(catalog: CatalogView): Source {
  return {
    name: 'supplied',
    prefer({ supplied }) {
      if (supplied === undefined) return undefined
      const known = [...new Set(supplied)].filter((itemId) => catalog.itemOf(itemId) !== undefined)
      return sparsePreference(scoresByPlace(known), catalog.size)
    },
  }
}
