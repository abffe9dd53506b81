import { bestFirst, type Scored } from '../../libs/ranking/rank.ts'
import type { Queries } from '../../libs/ranking/vector-preference.ts'
import type { CatalogView } from './catalog-view.ts'

/** How much more than the page the index is asked for, in turn; after that each admitted item is scored. */
const GENEROSITY = [1, 8]
/** Of what the index proposes, so many may be refused in any case. */
const SPARE = 30

/** The `limit` best items for the queries among those that `admits` lets through.
 *
 *  Each space's index proposes candidates, and each candidate is scored over all spaces. The indexes know nothing of
 *  what is admitted: where too little of what they propose is, every item of the catalog is asked, or of the set
 *  `within` that all admitted items are known to lie in. */
export function retrieve(
  queries: Queries,
  catalog: CatalogView,
  admits: (itemId: string) => boolean,
  within: ReadonlySet<string> | undefined,
  limit: number,
): Scored[] {
  if (within !== undefined) return best(within, queries, catalog, admits, limit)
  for (const generosity of GENEROSITY) {
    const wanted = (limit + SPARE) * generosity
    const proposed = new Set<string>()
    let exhausted = true
    for (const [space, query] of queries) {
      const index = catalog.indexOf(space)
      for (const { itemId } of index.search(query, wanted)) proposed.add(itemId)
      if (wanted < index.size) exhausted = false
    }
    const page = best(proposed, queries, catalog, admits, limit)
    if (page.length === limit || exhausted) return page
  }
  return best(idsOf(catalog), queries, catalog, admits, limit)
}

function* idsOf(catalog: CatalogView): Generator<string> {
  for (const { itemId } of catalog.items()) yield itemId
}

/** Of items that have a vector in one of the queries' spaces. */
function best(
  itemIds: Iterable<string>,
  queries: Queries,
  catalog: CatalogView,
  admits: (itemId: string) => boolean,
  limit: number,
): Scored[] {
  const spaces = [...queries.keys()]
  const scored: Scored[] = []
  for (const itemId of itemIds) {
    if (!admits(itemId) || !spaces.some((space) => catalog.vectorOf(space, itemId) !== undefined)) continue
    scored.push({ itemId, score: catalog.scoreOf(queries, itemId) })
  }
  return scored.sort(bestFirst).slice(0, limit)
}
