import { countsAt, type DecayedCounts } from '../../libs/interest/decayed-counts.ts'
import type { DurationMs, EpochMs } from '../../libs/interest/time.ts'
import type { TopicNames } from '../../libs/log/event-log.ts'
import type { Preference } from '../../libs/ranking/preference.ts'
import { sparsePreference } from '../../libs/ranking/sparse-preference.ts'
import type { PartitionState } from '../../libs/store/interest-store.ts'
import type { CatalogView } from './catalog-view.ts'

/** What many people want now, over all partitions, as of the last refresh. */
export interface TrendingView {
  /** Decayed weight of all events of an item. */
  weightOf(itemId: string): number
  /** Decayed number of times that an item was shown. */
  impressionsOf(itemId: string): number
  /** Whether the events of a context, such as `country=DE`, are counted by themselves. */
  isCounted(context: string): boolean
  /** All items of the catalog that trend, in the context if one is given. Counts fade all alike, so what is preferred does
   *  not depend on the moment. */
  preference(context?: string): Preference | undefined
  /** Another number after each refresh. */
  readonly version: number
  refresh(partitions: readonly PartitionState[], nowMs: EpochMs): void
}

/** What a single view has come to after ten half-lives: nobody would call it a trend. */
const FORGOTTEN = 2 ** -10

/** What trends overall says where a context has nothing to say, and hardly anything where it has. */
const EVERYWHERE = 0.01

export interface TrendingOptions {
  readonly trendingHalfLifeMs: DurationMs
  readonly topics: Pick<TopicNames, 'impressions'>
}

/** What partitions have counted: those of impressions how often items were shown, all others how much they are wanted. */
export function trendingView(
  catalog: CatalogView,
  { trendingHalfLifeMs, topics }: TrendingOptions,
): TrendingView {
  let weights = new Map<string, number>()
  let impressions = new Map<string, number>()
  let contexts = new Map<string, DecayedCounts[]>()
  let refreshedMs = 0
  let version = 0
  const preferences = new Map<string | undefined, Preference | undefined>()

  const trendingOf = (counts: ReadonlyMap<string, number>) => {
    const kept = [...counts].filter(([itemId, weight]) => {
      return weight > FORGOTTEN && catalog.itemOf(itemId) !== undefined
    })
    return new Map(kept)
  }

  /** Parts of all that trends there, and a little of what trends everywhere, so that a small place fills a page. */
  function scoresIn(context: string | undefined): Map<string, number> {
    const overall = trendingOf(weights)
    if (context === undefined) return overall
    const there = trendingOf(countsAt(contexts.get(context) ?? [], refreshedMs, trendingHalfLifeMs))
    const scores = partsOf(there, 1)
    for (const [itemId, part] of partsOf(overall, EVERYWHERE)) {
      scores.set(itemId, (scores.get(itemId) ?? 0) + part)
    }
    return scores
  }

  return {
    get version() {
      return version
    },
    weightOf: (itemId) => weights.get(itemId) ?? 0,
    impressionsOf: (itemId) => impressions.get(itemId) ?? 0,
    isCounted: (context) => contexts.has(context),
    preference(context) {
      if (!preferences.has(context)) {
        preferences.set(context, sparsePreference(scoresIn(context), catalog.size))
      }
      return preferences.get(context)
    },
    refresh(partitions, nowMs) {
      const countedIn = (isCounted: (partition: PartitionState) => boolean) => {
        const counts = partitions.filter(isCounted).map(({ trending }) => trending)
        return countsAt(counts, nowMs, trendingHalfLifeMs)
      }
      impressions = countedIn(({ topic }) => topic === topics.impressions)
      weights = countedIn(({ topic }) => topic !== topics.impressions)
      contexts = new Map()
      for (const [name, ofPartition] of partitions.flatMap(({ contexts: own = [] }) => [...own])) {
        contexts.set(name, [...(contexts.get(name) ?? []), ofPartition])
      }
      refreshedMs = nowMs
      preferences.clear()
      version++
    },
  }
}

function partsOf(weights: ReadonlyMap<string, number>, whole: number): Map<string, number> {
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
  return new Map([...weights].map(([itemId, weight]) => [itemId, (whole * weight) / sum]))
}
