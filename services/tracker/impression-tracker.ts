import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { decodeImpression, type Impression, shownPageOf, shownTo } from '../../libs/event/impression.ts'
import { countEvent, emptyCounts, pruneCounts } from '../../libs/interest/decayed-counts.ts'
import type { DurationMs } from '../../libs/interest/time.ts'
import type { EventLog, LogRecord, TopicNames } from '../../libs/log/event-log.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { ShownStore } from '../../libs/store/shown-store.ts'
import { setAside, type Undecodable } from './dead-letter.ts'
import { type PositionedTracker, positionedTracker } from './positioned-tracker.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

export interface ImpressionTracking {
  readonly log: EventLog
  readonly store: InterestStore & ShownStore
  readonly topics: Pick<TopicNames, 'deadLetter'>
  /** How long a page is kept, so that what is done on it can be told to be its doing. */
  readonly attributionWindowMs: DurationMs
  readonly trendingHalfLifeMs: DurationMs
  readonly say: TrackerTelemetry
  readonly now: () => number
}

/** Items of which each partition keeps how often they were shown, and up to a quarter more. */
const MOST_COUNTED = 2_000

/** Applies batches of the impressions topic: keeps each page for some time, and counts how often each item was shown. The
 *  counts go with the partition's position; a page that is added again changes nothing. */
export function impressionTracker(context: ImpressionTracking): PositionedTracker {
  const { log, store, topics, attributionWindowMs, trendingHalfLifeMs, say, now } = context
  return positionedTracker(store, async ({ records }, counts = emptyCounts()) => {
    const { impressions, undecodable } = understand(records)
    await setAside(undecodable, log, topics.deadLetter, say)
    const pages = impressions.map((each) => ({ to: shownTo(each), page: shownPageOf(each) }))
    const kept = pages.filter(({ page }) => page.shownAtMs > now() - attributionWindowMs)
    await store.addShown(kept, attributionWindowMs)
    for (const impression of impressions) count(impression)
    pruneCounts(counts, MOST_COUNTED)
    return { counts, onCommitted: () => impressions.forEach(say.pageShown) }

    /** One record stands for as many pages as were left out of the sample. */
    function count({ items, shownAt, sampled }: Impression): void {
      const occurredAtMs = Date.parse(shownAt)
      for (const { itemId } of items) {
        countEvent(counts, { itemId, weight: 1 / sampled, occurredAtMs }, trendingHalfLifeMs)
      }
    }
  })
}

function understand(records: readonly LogRecord[]): {
  impressions: Impression[]
  undecodable: Undecodable[]
} {
  const impressions: Impression[] = []
  const undecodable: Undecodable[] = []
  for (const record of records) {
    try {
      impressions.push(decodeImpression(record))
    } catch (error) {
      if (!isHalflifeError(error)) throw error
      undecodable.push({ record, error })
    }
  }
  return { impressions, undecodable }
}
