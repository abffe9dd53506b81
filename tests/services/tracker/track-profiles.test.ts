import { expect, it } from 'vitest'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import { sourceHeaders } from '../../../libs/event/replayed-record.ts'
import { emptyCounts } from '../../../libs/interest/decayed-counts.ts'
import { emptyUser } from '../../../libs/interest/user-state.ts'
import type { EventLog, LogRecord } from '../../../libs/log/event-log.ts'
import { trackProfiles } from '../../../services/tracker/track-profiles.ts'
import type { TrackerTelemetry } from '../../../services/tracker/tracker-telemetry.ts'
import { simulatedStore, storeData } from '../../faults/simulation/simulated-store.ts'
import { contract, shape, topics } from '../../faults/simulation/small-world.ts'

const FORGOTTEN_MS = Date.UTC(2026, 0, 8)
const PLACE = { topic: topics.users, partition: 0 }
const AGAIN = sourceHeaders(`${PLACE.topic}/0/3`)
const follows = (userId: string) => ({ follows: [userId] })

/** What is held of ann, who was forgotten once, after these records of the users topic. */
async function profileAfter(
  ...records: readonly (readonly [profile: object | null, timestampMs: number, again?: boolean])[]
) {
  const call = async <T>(_: string, effect: () => T): Promise<T> => effect()
  const store = simulatedStore({ data: storeData(), contract, call, cut: (users) => [users] })
  const state = { ...emptyUser(shape), forgottenAtMs: FORGOTTEN_MS, forgottenIn: `${topics.events}/0` }
  const partition = { topic: topics.events, partition: 0, position: 1, trending: emptyCounts() }
  await store.commit({
    users: [{ userId: 'ann', state, storedOffsets: undefined }],
    partition: { ...partition, expectedPosition: undefined },
  })
  const batch = records.map(([profile, timestampMs, again = false], n): LogRecord => {
    const value = profile === null ? null : encodeRecord('ann', profile).value
    const headers = again ? Object.entries(AGAIN).map(([name, text]) => [name, Buffer.from(text)]) : []
    return {
      ...PLACE,
      offset: 9 + n,
      timestampMs,
      key: Buffer.from('ann'),
      value,
      headers: Object.fromEntries(headers),
    }
  })
  const say = { profilesHandled: () => undefined } as unknown as TrackerTelemetry
  const context = { store, topics, say, log: {} as EventLog }
  await trackProfiles({ ...PLACE, records: batch, endOffset: 9 + batch.length }, context)
  return store.readProfile('ann')
}

it('what was stated before a user was forgotten does not come back with its dead letter', async () => {
  expect(await profileAfter([follows('bo'), FORGOTTEN_MS, true])).toBeUndefined()
  const since = await profileAfter([follows('cy'), FORGOTTEN_MS + 1], [follows('bo'), FORGOTTEN_MS - 1, true])
  expect(since).toEqual(follows('cy'))
})

it('what is stated since is kept, by a dead letter put back too', async () => {
  expect(await profileAfter([follows('bo'), FORGOTTEN_MS + 1, true])).toEqual(follows('bo'))
  // In the same ms: where it lies in its topic, behind the erasure, tells that it is later.
  expect(await profileAfter([follows('bo'), FORGOTTEN_MS])).toEqual(follows('bo'))
})

it('of what is stated twice the later holds, and an erasure erases', async () => {
  const [first, second] = [follows('bo'), follows('cy')]
  expect(await profileAfter([first, FORGOTTEN_MS + 1], [second, FORGOTTEN_MS + 2])).toEqual(second)
  expect(await profileAfter([first, FORGOTTEN_MS + 1], [null, FORGOTTEN_MS + 2])).toBeUndefined()
})
