import type { EventShare, Preference } from './preference.ts'
import { bestFirst, type Scored } from './rank.ts'
import type { Taste } from './taste.ts'

export type Queries = Taste['queries']

/** What a vector preference must be able to ask of the catalog. */
export interface VectorCatalog {
  /** Σ_space query · v; 0 for what is unknown. */
  scoreOf(queries: Queries, itemId: string): number
  /** The `limit` best of those that `admits` lets through, best first. */
  search(queries: Queries, limit: number, admits: (itemId: string) => boolean): Scored[]
  /** Mean and standard deviation of `scoreOf` over the whole catalog, without scoring each item. */
  spreadOf(queries: Queries): { readonly mean: number; readonly deviation: number }
}

export interface VectorPreferenceOptions {
  readonly sharesOf?: (itemId: string) => readonly EventShare[]
  /** The queries that propose items, each with its part of the places, instead of the one that scores. */
  readonly proposing?: readonly { readonly queries: Queries; readonly part: number }[]
}

/** Prefers what lies in the direction of the queries. undefined where they tell no item from another. */
export function vectorPreference(
  queries: Queries,
  catalog: VectorCatalog,
  { sharesOf, proposing = [] }: VectorPreferenceOptions = {},
): Preference | undefined {
  const { mean, deviation } = catalog.spreadOf(queries)
  if (!(deviation > 0)) return undefined
  return {
    mean,
    deviation,
    scoreOf: (itemId) => catalog.scoreOf(queries, itemId),
    best(limit, admits) {
      if (proposing.length === 0) return catalog.search(queries, limit, admits)
      const found = new Map<string, Scored>()
      for (const { queries: own, part } of proposing) {
        for (const { itemId } of catalog.search(own, Math.ceil(limit * part), admits)) {
          if (!found.has(itemId)) found.set(itemId, { itemId, score: catalog.scoreOf(queries, itemId) })
        }
      }
      return [...found.values()].sort(bestFirst)
    },
    ...(sharesOf && { sharesOf }),
  }
}
