import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { decodeUserProfile } from '../../libs/event/decode-record.ts'
import type { Batch, EventLog, TopicNames } from '../../libs/log/event-log.ts'
import type { ProfileStore, ProfileWrite } from '../../libs/store/profile-store.ts'
import { setAside, type Undecodable } from './dead-letter.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

export interface ProfileTracking {
  readonly log: EventLog
  readonly store: ProfileStore
  readonly topics: TopicNames
  readonly say: TrackerTelemetry
}

/** Takes a batch of the users topic into the store. The same record leaves the same profile. */
export async function trackProfiles(batch: Batch, context: ProfileTracking): Promise<void> {
  const newest = new Map<string, ProfileWrite>()
  const undecodable: Undecodable[] = []
  for (const record of batch.records) {
    try {
      const { userId, profile } = decodeUserProfile(record)
      newest.set(userId, { userId, profile, source: { partition: record.partition, offset: record.offset } })
    } catch (error) {
      if (!isHalflifeError(error)) throw error
      undecodable.push({ record, error })
    }
  }
  await setAside(undecodable, context.log, context.topics.deadLetter, context.say)
  await context.store.writeProfiles([...newest.values()])
  context.say.profilesHandled(newest.size)
}
