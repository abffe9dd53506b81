import { emptyCounts } from '../../libs/interest/decayed-counts.ts'
import { type PositionedTracker, positionedTracker } from './positioned-tracker.ts'
import { type CatalogTracking, trackCatalog } from './track-catalog.ts'
import { type ProfileTracking, trackProfiles } from './track-profiles.ts'

/** Applies batches of the users topic, and of the items topic or of items from elsewhere. Any may be applied again. */
export function catalogTracker(context: CatalogTracking & ProfileTracking): PositionedTracker {
  return positionedTracker(context.store, async (batch) => {
    await (batch.topic === context.topics.users ? trackProfiles : trackCatalog)(batch, context)
    return { counts: emptyCounts() }
  })
}
