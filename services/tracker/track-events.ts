import { emptyCounts } from '../../libs/interest/decayed-counts.ts'
import type { Batch } from '../../libs/log/event-log.ts'
import { commitBatch, touchedItems } from './commit-batch.ts'
import { setAside } from './dead-letter.ts'
import type { EventTracking } from './event-tracking.ts'
import { forgetAhead } from './forget-ahead.ts'
import { owedOutcomes } from './owed-outcomes.ts'
import { type StoredPositions, storedPositions } from './stored-positions.ts'
import { type RecordsByUser, understandInTurns } from './understand-batch.ts'

export interface EventTracker extends Pick<StoredPositions, 'startAt' | 'findLoss'> {
  /** For the log's `onBatch`. */
  track(batch: Batch): Promise<void>
}

/** An event older than this on arrival tells nothing about how fresh the pipeline is. */
const LATE_MS = 60_000

/** Applies batches of the events topic:
 *
 *      decode → item vectors → read states → apply in memory → compare-and-set
 *
 *  A batch may come again, whole or in part, to this tracker or another: the offsets that the store keeps with each
 *  user and each partition see to it that nothing counts twice. */
export function eventTracker(context: EventTracking): EventTracker {
  const { say } = context
  let looking: Promise<void> | undefined
  /** Once for all partitions that are taken up together. */
  function lookAhead(): Promise<void> {
    looking ??= forgetAhead(context).finally(() => {
      looking = undefined
    })
    return looking
  }
  const positions = storedPositions(context.store, lookAhead)
  return {
    startAt: positions.startAt,
    findLoss: positions.findLoss,
    async track({ topic, partition, records }) {
      const lap = say.stopwatch()
      const before = await positions.take(topic, partition)
      const next = records.at(-1)!.offset + 1
      const fresh = records.filter((record) => record.offset >= (before?.position ?? 0))
      if (fresh.length > 0) {
        const { byUser, undecodable } = await understandInTurns(fresh, context.weights, context.isPassedOver)
        await setAside(undecodable, context.log, context.topics.deadLetter, say)
        lap('decode')
        const [touched, countOutcome] = await Promise.all([
          touchedItems(byUser, context),
          owedOutcomes(byUser, context),
        ])
        lap('vectors')
        const after = {
          topic,
          partition,
          position: next,
          trending: before?.trending ?? emptyCounts(),
          contexts: before?.contexts ?? new Map(),
          recent: before?.recent ?? new Map(),
        }
        const closing = { ...after, expectedPosition: before?.position }
        await commitBatch(byUser, { ...touched, countOutcome }, closing, context, lap)
        positions.leave(after)
        sayVisible(byUser, context)
      }
    },
  }
}

function sayVisible(byUser: RecordsByUser, { say, now }: EventTracking): void {
  const nowMs = now()
  let [clamped, late] = [0, 0]
  for (const records of byUser.values()) {
    for (const { event, logTimeMs, fromFuture, replayed } of records) {
      if (event === undefined || replayed) continue
      const isLate = logTimeMs - event.occurredAtMs > LATE_MS
      say.eventVisible((nowMs - (isLate ? logTimeMs : event.occurredAtMs)) / 1_000)
      if (fromFuture) clamped++
      if (isLate) late++
    }
  }
  if (late > 0) say.eventsLate(late)
  if (clamped > 0) say.eventsClamped(clamped)
}
