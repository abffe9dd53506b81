import type { DecayedCounts } from '../../libs/interest/decayed-counts.ts'
import type { Batch } from '../../libs/log/event-log.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import { type StoredPositions, storedPositions } from './stored-positions.ts'

export interface PositionedTracker extends Pick<StoredPositions, 'startAt' | 'findLoss'> {
  /** For the log's `onBatch`. */
  track(batch: Batch): Promise<void>
}

/** What came of applying a batch. */
export interface AppliedBatch {
  /** What the partition has counted by now. */
  readonly counts: DecayedCounts
  /** To be done once the batch is in the store for good. */
  readonly onCommitted?: () => void
}

/** Applies batches whose effect does not change when they are applied again. That none is missed needs the partition's
 *  position in the store, beside what was written: a store that loses its newest writes loses both, and the log fills
 *  the hole. Kafka's commit alone would stand beyond it.
 *  @param apply is given the records that were not applied yet, and what the partition has counted so far */
export function positionedTracker(
  store: InterestStore,
  apply: (batch: Batch, counts: DecayedCounts | undefined) => Promise<AppliedBatch>,
): PositionedTracker {
  const positions = storedPositions(store)
  return {
    startAt: positions.startAt,
    findLoss: positions.findLoss,
    async track(batch) {
      const { topic, partition } = batch
      const before = await positions.take(topic, partition)
      const records = batch.records.filter(({ offset }) => offset >= (before?.position ?? 0))
      if (records.length === 0) return
      const { counts, onCommitted } = await apply({ ...batch, records }, before?.trending)
      const position = records.at(-1)!.offset + 1
      const state = { topic, partition, position, trending: counts }
      await store.commit({ users: [], partition: { ...state, expectedPosition: before?.position } })
      positions.leave(state)
      onCommitted?.()
    },
  }
}
