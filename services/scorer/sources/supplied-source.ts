import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Source } from '../source.ts'

/** The caller's own list, in the caller's order: the first has 1, the last next to nothing. */
export function suppliedSource(catalog: CatalogView): Source {
  return {
    name: 'supplied',
    prefer({ supplied }) {
      if (supplied === undefined) return undefined
      const known = [...new Set(supplied)].filter((itemId) => catalog.itemOf(itemId) !== undefined)
      const scores = known.map((itemId, place) => [itemId, 1 - place / known.length] as const)
      return sparsePreference(new Map(scores), catalog.size)
    },
  }
}
