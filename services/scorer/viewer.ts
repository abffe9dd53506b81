import type { Embedder } from '../../libs/embedding/embedder.ts'
import type { ShownPage } from '../../libs/event/impression.ts'
import type { Attributes } from '../../libs/event/item.ts'
import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import type { UserProfile } from '../../libs/event/user-profile.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { emptyInterest, type InterestState, mergeInterest } from '../../libs/interest/interest-state.ts'
import { mergeUsers } from '../../libs/interest/merge-users.ts'
import type { UserBounds, UserState } from '../../libs/interest/user-state.ts'
import { addScaled } from '../../libs/interest/vector.ts'
import { hasDirection, type ScoreWeights, type Taste, tasteAt } from '../../libs/ranking/taste.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { ProfileStore } from '../../libs/store/profile-store.ts'
import { readPeople, readPerson } from '../../libs/store/read-person.ts'
import type { ShownStore } from '../../libs/store/shown-store.ts'
import type { Basis } from './basis.ts'

/** For whom a page is made, and what is known of what they want. */
export interface Viewer {
  readonly userId: string | undefined
  /** What they did; undefined for somebody of whom nothing is held. */
  readonly state: UserState | undefined
  readonly attributes: Attributes
  /** What was shown to them lately under any of their ids, where that was wanted. */
  readonly shown: readonly ShownPage[]
  /** What their interest was read from; undefined when nothing tells. */
  readonly basis: Extract<Basis, 'interests' | 'stated-interests' | 'follows' | 'segment'> | undefined
  readonly taste: Taste | undefined
}

export type Who =
  | { readonly kind: 'user'; readonly userId: string }
  /** By a state that the caller made; nothing is stored. */
  | { readonly kind: 'state'; readonly state: UserState }
  | { readonly kind: 'nobody' }

export interface ViewersOptions {
  readonly store: Pick<InterestStore, 'readUsers'> &
    Pick<ProfileStore, 'readProfile'> &
    Pick<ShownStore, 'readShown'>
  readonly embedder: Pick<Embedder, 'embed'>
  readonly shape: InterestShape
  readonly bounds: UserBounds
  /** The decayed interest of the groups that a user with these attributes belongs to, added up. */
  readonly segmentInterest: (attributes: Attributes) => InterestState | undefined
}

/** What is held of a user, whichever of their ids is asked for. */
export interface HeldUser {
  /** All their ids, the account's first. */
  readonly ids: readonly string[]
  /** As if all they did had come under one id. */
  readonly state: UserState | undefined
  /** What was stated under any of them; of the same thing, what was stated of the account. */
  readonly profile: UserProfile | undefined
  /** What was shown to them lately under any of them, where that was wanted. */
  readonly shown: readonly ShownPage[]
}

/** What is read beside state and profile, in the same round trips. */
export interface Beside {
  readonly shown: boolean
}

export interface Viewers {
  userOf(userId: string, beside?: Beside): Promise<HeldUser>
  /** One round trip to the store; more for whoever has several ids, or has no events of their own but follows others. */
  viewerOf(who: Who, weights: ScoreWeights, nowMs: number, beside?: Beside): Promise<Viewer>
}

/** Of so many people that a user follows the interests are added up: those named first. */
const MOST_FOLLOWED = 100

const NOTHING_BESIDE: Beside = { shown: false }
const NOBODY = { userId: undefined, state: undefined, attributes: {}, shown: [] }

export function viewers({ store, embedder, shape, bounds, segmentInterest }: ViewersOptions): Viewers {
  async function userOf(userId: string, { shown } = NOTHING_BESIDE): Promise<HeldUser> {
    const shownTo = async (to: readonly string[]) => (shown ? (await store.readShown(to)).flat() : [])
    // Together: neither waits for the others.
    const [{ ids, states }, own, pages] = await Promise.all([
      readPerson(store, userId),
      store.readProfile(userId),
      shownTo([userId]),
    ])
    const state = states.length > 1 ? mergeUsers(states, shape, bounds) : states[0]
    if (ids.length === 1) return { ids, state, profile: own, shown: pages }
    const others = ids.filter((id) => id !== userId)
    const [profile, more] = await Promise.all([statedOf(ids), shownTo(others)])
    return { ids, state, profile, shown: [...pages, ...more].sort((a, b) => b.shownAtMs - a.shownAtMs) }
  }

  async function statedOf(ids: readonly string[]): Promise<UserProfile | undefined> {
    const profiles = (await Promise.all(ids.map((id) => store.readProfile(id)))).filter(
      (each) => each !== undefined,
    )
    return profiles.length === 0 ? undefined : Object.assign({}, ...profiles.reverse())
  }

  async function statedTaste(sentences: readonly string[] = []): Promise<Taste | undefined> {
    if (sentences.length === 0) return undefined
    const vectors = await embedder.embed(sentences)
    const sum = new Float32Array(vectors[0]!.length)
    for (const vector of vectors) addScaled(sum, 0, vector, 1)
    return { queries: new Map([[TEXT_SPACE, sum]]), coefficients: [] }
  }

  async function followedInterest(userIds: readonly string[] = []): Promise<InterestState | undefined> {
    if (userIds.length === 0) return undefined
    const people = await readPeople(store, userIds.slice(0, MOST_FOLLOWED))
    const sum = emptyInterest(shape)
    for (const { interest } of people.flatMap(({ states }) => states)) mergeInterest(sum, shape, interest)
    return sum
  }

  async function coldStart(
    { statedInterests, follows }: UserProfile,
    attributes: Attributes,
    tasteOf: (interest: InterestState | undefined) => Taste | undefined,
  ): Promise<Pick<Viewer, 'basis' | 'taste'>> {
    const stated = await statedTaste(statedInterests)
    if (stated !== undefined) return { basis: 'stated-interests', taste: stated }
    const followed = tasteOf(await followedInterest(follows))
    if (followed !== undefined) return { basis: 'follows', taste: followed }
    const segment = tasteOf(segmentInterest(attributes))
    if (segment !== undefined) return { basis: 'segment', taste: segment }
    return { basis: undefined, taste: undefined }
  }

  return {
    userOf,
    async viewerOf(who, weights, nowMs, beside) {
      const tasteOf = (interest: InterestState | undefined) => {
        const taste = interest && tasteAt(interest, shape, weights, nowMs)
        return taste && hasDirection(taste.queries) ? taste : undefined
      }
      if (who.kind === 'nobody') {
        return { ...NOBODY, basis: undefined, taste: undefined }
      }
      const userId = who.kind === 'user' ? who.userId : undefined
      const privately = { state: who.kind === 'state' ? who.state : undefined, profile: undefined, shown: [] }
      const held = who.kind === 'user' ? await userOf(who.userId, beside) : privately
      const { state, profile = {}, shown } = held
      const attributes = profile.attributes ?? {}
      const own = tasteOf(state?.interest)
      if (own !== undefined) return { userId, state, attributes, shown, basis: 'interests', taste: own }
      return { userId, state, attributes, shown, ...(await coldStart(profile, attributes, tasteOf)) }
    },
  }
}
