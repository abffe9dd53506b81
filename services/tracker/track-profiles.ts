import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { decodeUserProfile } from '../../libs/event/decode-record.ts'
import { sourceOf } from '../../libs/event/replayed-record.ts'
import type { Batch, EventLog, LogRecord, TopicNames } from '../../libs/log/event-log.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { ProfileStore, ProfileWrite } from '../../libs/store/profile-store.ts'
import { setAside, type Undecodable } from './dead-letter.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

export interface ProfileTracking {
  readonly log: EventLog
  readonly store: ProfileStore & InterestStore
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
      if (await isForgotten(userId, record, context.store)) continue
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

/** A dead letter that is put back is as old as its log time; what it states was erased if the user was forgotten since. */
async function isForgotten(userId: string, record: LogRecord, store: InterestStore): Promise<boolean> {
  if (sourceOf(record) === undefined) return false
  const [user] = await store.readUsers([userId])
  return user !== undefined && record.timestampMs <= user.state.forgottenAtMs
}
