import { vectorPreference } from '../../../libs/ranking/vector-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { Source } from '../source.ts'
import { vectorCatalog } from './vector-catalog.ts'

/** What is near to what the page is about: the words of a query, an item, a vector from outside. */
export function nearnessSources(catalog: CatalogView): Source[] {
  return (['query', 'similar', 'vector'] as const).map((name) => ({
    name,
    prefer({ about, findable }) {
      const queries = about[name]
      return queries && vectorPreference(queries, vectorCatalog(catalog, findable))
    },
  }))
}
