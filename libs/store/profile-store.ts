import type { UserProfile } from '../event/user-profile.ts'

/** What a user, or the product on their behalf, stated in words, as against what they did. */
export interface ProfileStore {
  readProfile(userId: string): Promise<UserProfile | undefined>
  /** Writes or (profile undefined) removes each, unless the stored one came from a later offset of the same partition. */
  writeProfiles(writes: readonly ProfileWrite[]): Promise<void>
}

export interface ProfileWrite {
  readonly userId: string
  readonly profile: UserProfile | undefined
  /** Where in the users topic this comes from. */
  readonly source: { readonly partition: number; readonly offset: number }
}
