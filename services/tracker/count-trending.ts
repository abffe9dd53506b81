import { groupsOf } from '../../libs/event/attribute-groups.ts'
import {
  countEvent,
  type DecayedCounts,
  emptyCounts,
  pruneCounts,
  pruneGroups,
} from '../../libs/interest/decayed-counts.ts'
import type { PartitionState } from '../../libs/store/interest-store.ts'
import type { EventTracking } from './event-tracking.ts'
import type { UserRecord } from './understand-batch.ts'

/** Items whose trending weight each partition keeps, and up to a quarter more. */
const MOST_TRENDING = 2_000
/** The same for each context, and so many contexts. */
const MOST_TRENDING_IN_CONTEXT = 100
const MOST_CONTEXTS = 40

/** Counts what is wanted, overall and by context, in place. It goes with the partition's position: both are written or
 *  neither is. A repeated eventId counts again here; what is popular needs no better. */
export function countTrending(
  { trending, contexts }: Pick<PartitionState, 'trending' | 'contexts'>,
  byUser: ReadonlyMap<string, readonly UserRecord[]>,
  { trendingHalfLifeMs, trendingBy }: Pick<EventTracking, 'trendingHalfLifeMs' | 'trendingBy'>,
): void {
  const inContexts = contexts === undefined ? [] : trendingBy.map((name) => countsByValue(contexts, name))
  for (const records of byUser.values()) {
    for (const { event, context } of records) {
      if (event === undefined || event.weight <= 0) continue
      countEvent(trending, event, trendingHalfLifeMs)
      if (context === undefined) continue
      for (const countsIn of inContexts) {
        const counts = countsIn(context)
        if (counts !== undefined) countEvent(counts, event, trendingHalfLifeMs)
      }
    }
  }
  pruneCounts(trending, MOST_TRENDING)
  if (contexts === undefined) return
  pruneGroups(contexts, MOST_CONTEXTS, trendingHalfLifeMs)
  for (const counts of contexts.values()) pruneCounts(counts, MOST_TRENDING_IN_CONTEXT)
}

type CountsIn = (context: Readonly<Record<string, unknown>>) => DecayedCounts | undefined

/** The counts of the group that a context is of by one attribute. A group's name is made for each value, not for each event. */
function countsByValue(contexts: Map<string, DecayedCounts>, name: string): CountsIn {
  const known = new Map<unknown, DecayedCounts | undefined>()
  return (context) => {
    const value = context[name]
    if (known.has(value)) return known.get(value)
    const [group] = groupsOf(context, [name])
    const counts = group === undefined ? undefined : countsOf(contexts, group)
    known.set(value, counts)
    return counts
  }
}

function countsOf(contexts: Map<string, DecayedCounts>, group: string): DecayedCounts {
  let counts = contexts.get(group)
  if (counts === undefined) {
    counts = emptyCounts()
    contexts.set(group, counts)
  }
  return counts
}
