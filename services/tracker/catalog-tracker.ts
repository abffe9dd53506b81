import { emptyCounts } from '../../libs/interest/decayed-counts.ts'
import type { Batch } from '../../libs/log/event-log.ts'
import { type StoredPositions, storedPositions } from './stored-positions.ts'
import { type CatalogTracking, trackCatalog } from './track-catalog.ts'
import { type ProfileTracking, trackProfiles } from './track-profiles.ts'

export interface CatalogTracker extends Pick<StoredPositions, 'startAt' | 'findLoss'> {
  /** For the log's `onBatch`. */
  track(batch: Batch): Promise<void>
}

/** Applies batches of the items and users topics. Any of them may be applied again. That none is missed needs their
 *  positions in the store, beside what was written: a store that loses its newest writes loses both, and the log fills
 *  the hole. Kafka's commit alone would stand beyond it. */
export function catalogTracker(context: CatalogTracking & ProfileTracking): CatalogTracker {
  const { store, topics } = context
  const positions = storedPositions(store)
  return {
    startAt: positions.startAt,
    findLoss: positions.findLoss,
    async track(batch) {
      const { topic, partition } = batch
      const before = await positions.read(topic, partition)
      const records = batch.records.filter(({ offset }) => offset >= (before?.position ?? 0))
      if (records.length === 0) return
      await (topic === topics.items ? trackCatalog : trackProfiles)({ ...batch, records }, context)
      const position = records.at(-1)!.offset + 1
      const state = { topic, partition, position, trending: emptyCounts() }
      await store.commit({ users: [], partition: { ...state, expectedPosition: before?.position } })
      positions.leave(topic, partition, position)
    },
  }
}
