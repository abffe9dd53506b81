import { rank, type Scored } from '../../libs/ranking/rank.ts'
import type { Taste } from '../../libs/ranking/taste.ts'
import { scoreOf } from '../../libs/ranking/taste.ts'
import type { CatalogView } from './catalog-view.ts'

/** The `limit` best items for the queries among those that `admits` lets through.
 *
 *  Each space's index proposes candidates, and each candidate is scored over all spaces. The indexes know nothing of
 *  what is admitted, so they are asked for more until the page is full or the catalog is used up. */
export function retrieve(
  queries: Taste['queries'],
  catalog: CatalogView,
  admits: (itemId: string) => boolean,
  limit: number,
): Scored[] {
  for (let wanted = limit * 4 + 50; ; wanted *= 4) {
    const proposed = new Set<string>()
    let exhausted = true
    for (const [space, query] of queries) {
      const index = catalog.indexOf(space)
      for (const { itemId } of index.search(query, wanted)) proposed.add(itemId)
      if (wanted < index.size) exhausted = false
    }
    const page = rank(scoredOver(proposed, queries, catalog), admits, limit)
    if (page.length === limit || exhausted) return page
  }
}

export function scoredOver(
  itemIds: Iterable<string>,
  queries: Taste['queries'],
  catalog: CatalogView,
): Scored[] {
  const scored: Scored[] = []
  for (const itemId of itemIds) {
    const vectors = catalog.vectorsOf(itemId)
    if (vectors !== undefined) scored.push({ itemId, score: scoreOf(queries, vectors) })
  }
  return scored
}
