import { setImmediate } from 'node:timers/promises'
import { countsAt, type DecayedCounts } from '../../libs/interest/decayed-counts.ts'
import type { DurationMs, EpochMs } from '../../libs/interest/time.ts'
import type { TopicNames } from '../../libs/log/event-log.ts'
import type { Preference } from '../../libs/ranking/preference.ts'
import { sparsePreference } from '../../libs/ranking/sparse-preference.ts'
import { strongest } from '../../libs/ranking/strongest.ts'
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
  /** The items of the catalog that trend most, in the context if one is given. Counts fade all alike, so what is preferred
   *  does not depend on the moment. */
  preference(context?: string): Preference | undefined
  /** Another number after each refresh. */
  readonly version: number
  refresh(partitions: readonly PartitionState[], nowMs: EpochMs): Promise<void>
}

/** What a single view has come to after ten half-lives: nobody would call it a trend. */
const FORGOTTEN = 2 ** -10

/** Items that trend: those of which most is left. Each partition counts as many. */
const MOST_TRENDING = 2_000

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
    const itemIds = [...counts.keys()]
    const left = Float64Array.from(counts.values())
    const most = new Map<string, number>()
    for (const number of strongest(Int32Array.from(itemIds.keys()), left, MOST_TRENDING)) {
      const itemId = itemIds[number]!
      if (left[number]! > FORGOTTEN && catalog.itemOf(itemId) !== undefined) most.set(itemId, left[number]!)
    }
    return most
  }

  /** Partition by partition: adding them all up in one go would hold up whoever is being answered meanwhile. */
  async function countedIn(
    partitions: readonly PartitionState[],
    nowMs: EpochMs,
  ): Promise<Map<string, number>> {
    const total = new Map<string, number>()
    for (const { trending } of partitions) {
      countsAt([trending], nowMs, trendingHalfLifeMs, total)
      await setImmediate()
    }
    return total
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
    async refresh(partitions, nowMs) {
      const shown = ({ topic }: PartitionState) => topic === topics.impressions
      impressions = await countedIn(partitions.filter(shown), nowMs)
      weights = await countedIn(
        partitions.filter((partition) => !shown(partition)),
        nowMs,
      )
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
