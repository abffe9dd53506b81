import { bestFirst, firstAdmitted, type Scored } from '../../libs/ranking/rank.ts'
import type { Queries } from '../../libs/ranking/vector-preference.ts'
import type { CatalogView } from './catalog-view.ts'

/** Which items may be found. */
export interface Findable {
  /** All of them, if they are known to be few; undefined: nobody knows. */
  readonly within: ReadonlySet<string> | undefined
  /** All of them; computed when first asked for, which takes a look at every item of the catalog. */
  readonly all: () => readonly string[]
}

/** What of the catalog is admitted. `within`: a set in which all of it is known to lie. */
export function findableOf(
  catalog: CatalogView,
  admits: (itemId: string) => boolean,
  within?: ReadonlySet<string>,
): Findable {
  let all: string[] | undefined
  return {
    within,
    all() {
      all ??= [...catalog.items()].map(({ itemId }) => itemId).filter(admits)
      return all
    },
  }
}

/** Of what the index proposes, so many may be refused in any case. */
const SPARE = 30
/** Asking the index for more than this takes longer than looking at every item. */
const MOST_PROPOSED = 1_000
/** What was refused of the first proposals is a sample only: ask for so much more than it says. */
const CAUTION = 1.5

/** The `limit` best items for the queries among those that `admits` lets through.
 *
 *  Each space's index proposes candidates, and each candidate is scored over all spaces. The indexes know nothing of
 *  what is admitted: from how much of the first proposals is, follows how many more are needed. Where that is too many, or
 *  the index is far, all that is admitted is scored. */
export async function retrieve(
  queries: Queries,
  catalog: CatalogView,
  admits: (itemId: string) => boolean,
  { within, all }: Findable,
  limit: number,
): Promise<Scored[]> {
  if (within !== undefined) return best([...within].filter(admits), queries, catalog).slice(0, limit)
  const rounds = [...queries.keys()].some((space) => catalog.indexOf(space).isFar) ? 1 : 2
  let wanted = limit + SPARE
  for (let round = 0; round < rounds && wanted <= Math.max(MOST_PROPOSED, limit + SPARE); round++) {
    const { proposed, exhausted } = await propose(queries, catalog, wanted)
    const page = firstAdmitted(proposed, admits, limit)
    if (page.length === limit || exhausted) return page
    wanted = Math.ceil((wanted * limit * CAUTION) / page.length)
  }
  return best(all(), queries, catalog).slice(0, limit)
}

/** `proposed`: best first. `exhausted`: there is nothing else that has a vector. */
async function propose(
  queries: Queries,
  catalog: CatalogView,
  wanted: number,
): Promise<{ proposed: Scored[]; exhausted: boolean }> {
  const searches = [...queries].map(([space, query]) => ({ index: catalog.indexOf(space), query }))
  const found = await Promise.all(searches.map(({ index, query }) => index.search(query, wanted)))
  const exhausted = searches.every(({ index }) => wanted >= index.size)
  if (found.length === 1) return { proposed: found[0]!, exhausted }
  const itemIds = new Set(found.flatMap((those) => those.map(({ itemId }) => itemId)))
  return { proposed: best(itemIds, queries, catalog), exhausted }
}

/** Items that have a vector in one of the queries' spaces, best first. */
function best(itemIds: Iterable<string>, queries: Queries, catalog: CatalogView): Scored[] {
  const searched = [...queries].map(([space, query]) => ({ index: catalog.indexOf(space), query }))
  const scored: Scored[] = []
  for (const itemId of itemIds) {
    const parts = searched.map(({ index, query }) => index.scoreOf(query, itemId))
    const known = parts.filter((part) => part !== undefined)
    if (known.length > 0) scored.push({ itemId, score: known.reduce((sum, part) => sum + part, 0) })
  }
  return scored.sort(bestFirst)
}
