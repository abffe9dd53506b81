import { decodeProfile, encodeProfile } from '../profile-codec.ts'
import type { ProfileStore } from '../profile-store.ts'
import type { EmbeddedTables } from './embedded-tables.ts'
import { unpackRecord } from './packed-record-codec.ts'
import { writeSourced } from './sourced-record.ts'

export function embeddedProfileStore({ profiles, read, write }: EmbeddedTables): ProfileStore {
  return {
    async readProfile(userId) {
      const bytes = read(() => profiles.get(Buffer.from(userId)))
      return bytes && decodeProfile(userId, unpackRecord(bytes))
    },
    async writeProfiles(writes) {
      await write(() => {
        for (const { userId, profile, source } of writes) {
          writeSourced(profiles, userId, profile ? encodeProfile(profile) : [], source)
        }
        profiles.sweep()
      })
    },
  }
}
