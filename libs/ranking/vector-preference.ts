import type { EventShare, Preference } from './preference.ts'
import type { Scored } from './rank.ts'
import { hasDirection, type Taste } from './taste.ts'

export type Queries = Taste['queries']

/** What a vector preference must be able to ask of the catalog. */
export interface VectorCatalog {
  /** Σ_space query · v; 0 for what is unknown. */
  scoreOf(queries: Queries, itemId: string): number
  /** The `limit` best of those that `admits` lets through, best first. */
  search(queries: Queries, limit: number, admits: (itemId: string) => boolean): Scored[] | Promise<Scored[]>
  /** Mean and standard deviation of `scoreOf` over the whole catalog, without scoring each item. */
  spreadOf(queries: Queries): { readonly mean: number; readonly deviation: number }
}

export interface VectorPreferenceOptions {
  readonly sharesOf?: (itemId: string) => readonly EventShare[]
  /** Instead of a search for what scores highest. */
  readonly best?: Preference['best']
}

/** Prefers what lies in the direction of the queries. undefined where they have none. Items that are all alike, such as the
 *  only one of a catalog, are proposed all the same. */
export function vectorPreference(
  queries: Queries,
  catalog: VectorCatalog,
  {
    sharesOf,
    best = (limit, admits) => catalog.search(queries, limit, admits),
  }: VectorPreferenceOptions = {},
): Preference | undefined {
  if (!hasDirection(queries)) return undefined
  const { mean, deviation } = catalog.spreadOf(queries)
  return {
    mean,
    deviation: deviation > 0 ? deviation : Number.POSITIVE_INFINITY,
    scoreOf: (itemId) => catalog.scoreOf(queries, itemId),
    best,
    ...(sharesOf && { sharesOf }),
  }
}
