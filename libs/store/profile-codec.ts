import { type UserProfile, userProfileSchema } from '../event/user-profile.ts'
import { decodingRecord } from './corrupt-record.ts'
import { decodeJson } from './json-codec.ts'
import type { RecordFields } from './record-fields.ts'

/* A profile's record:
 *
 *   json      the profile as JSON: attributes, statedInterests, follows
 *   source    text                                                          source-codec.ts
 *
 * A removed profile keeps `source` alone, for some time, to refuse an older write. */

/** All fields but `source`. */
export function encodeProfile(profile: UserProfile): [name: string, value: string][] {
  return [['json', JSON.stringify(profile)]]
}

/** undefined for a removed profile. @throws HL_STORE_CORRUPT */
export function decodeProfile(userId: string, fields: RecordFields): UserProfile | undefined {
  const json = fields.get('json')
  if (json === undefined) return undefined
  return decodingRecord('profile', userId, () => decodeJson(json.toString(), userProfileSchema, 'json'))
}
