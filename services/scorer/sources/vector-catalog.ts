import type { VectorCatalog } from '../../../libs/ranking/vector-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import { type Findable, retrieve } from '../retrieve.ts'

/** The catalog as a vector preference asks it, for one request. */
export function vectorCatalog(catalog: CatalogView, findable: Findable): VectorCatalog {
  return {
    scoreOf: catalog.scoreOf,
    spreadOf: catalog.spreadOf,
    search: (queries, limit, admits) => retrieve(queries, catalog, admits, findable, limit),
  }
}
