import { decodeProfile, encodeProfile } from '../profile-codec.ts'
import type { ProfileStore, ProfileWrite } from '../profile-store.ts'
import { TOMBSTONE_TTL_MS } from '../retention.ts'
import { encodeSource } from '../source-codec.ts'
import { answer, type StoreRedis } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'

const FOR_EVER = 0

export function redisProfileStore(redis: StoreRedis, keys: RedisKeys): ProfileStore {
  async function writeProfile({ userId, profile, source }: ProfileWrite): Promise<0 | 1> {
    return redis.writeRecord(
      1,
      keys.profile(userId),
      encodeSource(source),
      profile === undefined ? TOMBSTONE_TTL_MS : FOR_EVER,
      ...(profile === undefined ? [] : encodeProfile(profile).flat()),
    )
  }

  return {
    async readProfile(userId) {
      const reply = await answer(redis.hgetallBuffer(keys.profile(userId)))
      return decodeProfile(userId, new Map(Object.entries(reply)))
    },
    async writeProfiles(writes) {
      await answer(Promise.all(writes.map(writeProfile)))
    },
  }
}
