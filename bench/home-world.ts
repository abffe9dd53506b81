import { fingerprintOf } from '../libs/interest/remembered-event.ts'
import { applyEvent, defaultBounds, emptyUser, type UserState } from '../libs/interest/user-state.ts'
import type { StoreContract } from '../libs/store/store.ts'
import type { Bench } from './benchmark.ts'
import { contractAt, createTopics, newPlace, openStoreAt } from './place.ts'
import { ASKING_USERS, DIMENSION, storeItems, type World } from './stored-world.ts'
import { TEXTS, textVectors } from './text-vectors.ts'
import { randomOf } from './workload.ts'

/** Events of a user, in sessions of a few, half a day apart. */
const EVENTS = 50
const A_SESSION = 5
const [MINUTE, HALF_A_DAY] = [60_000, 12 * 3_600_000]
/** Users share their interests with those who differ from them by a multiple of this. */
const TASTES = 40
const MOST_INTERESTS = 4
/** As many as there are by default; each counts what its own users want. */
const PARTITIONS = 12

/** All that the scenario `home` makes use of: texts that lie as real ones do, users with 50 remembered events of one to four
 *  interests, and partitions that list them as recently active, so that neighbours and what goes together have their say. */
export function homeWorld(items: number, bench: Bench): Promise<World> {
  return bench.once(`home of ${items}`, async () => {
    const place = await newPlace(bench)
    // Impressions are written down while answers are measured.
    await createTopics(place)
    const block = await textVectors(items, 11, bench)
    const vectors = Array.from({ length: items }, (_, i) =>
      block.subarray(i * DIMENSION, (i + 1) * DIMENSION),
    )
    const store = await openStoreAt(place)
    await storeItems(store, vectors, bench)
    const nowMs = Date.now()
    const users = Array.from({ length: ASKING_USERS }, (_, user) => ({
      userId: `user-${user}`,
      state: activeUser(user, contractAt(place), vectors, nowMs),
      storedOffsets: undefined,
    }))
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = users.filter((_, user) => user % PARTITIONS === partition)
      const trending = { landmarkMs: nowMs, weights: new Map(own.flatMap(({ state }) => weightsOf(state))) }
      const recent = new Map(own.map(({ userId }, offset) => [userId, offset]))
      const at = { topic: 'bench', partition, position: own.length, expectedPosition: undefined }
      await store.commit({ users: own, partition: { ...at, trending, recent } })
    }
    await store.close()
    return { place, vectors }
  })
}

function activeUser(
  user: number,
  { shape }: StoreContract,
  vectors: readonly Float32Array[],
  nowMs: number,
): UserState {
  const random = randomOf(user + 1)
  const state = emptyUser(shape)
  const interests = 1 + (user % MOST_INTERESTS)
  const ofTheme = Math.floor(vectors.length / TEXTS)
  for (let n = 0; n < EVENTS; n++) {
    const theme = ((user % TASTES) * 7 + Math.floor(random() * interests) * 31) % TEXTS
    // Some items of a theme are wanted more than others.
    const item = theme + TEXTS * Math.floor(random() ** 3 * ofTheme)
    const sessionsAgo = Math.floor((EVENTS - 1 - n) / A_SESSION)
    const event = {
      fingerprint: fingerprintOf(`${user} ${n}`),
      itemId: `item-${item}`,
      type: 'click',
      occurredAtMs: nowMs - sessionsAgo * HALF_A_DAY - (EVENTS - n) * MINUTE,
      weight: 2,
    }
    const at = { partition: 'bench/0', offset: user * EVENTS + n }
    applyEvent(state, event, at, new Map([['text', vectors[item]!]]), shape, defaultBounds)
  }
  return state
}

function weightsOf({ remembered }: UserState): [itemId: string, weight: number][] {
  return remembered.events.map(({ itemId }, n) => [itemId, n + 1])
}
