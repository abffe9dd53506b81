import { EventList } from '../libs/interest/event-list.ts'
import { emptyInterest } from '../libs/interest/interest-state.ts'
import { itemHash, SeenItems } from '../libs/interest/seen-items.ts'
import { emptyUser, type UserState } from '../libs/interest/user-state.ts'
import type { UserWrite } from '../libs/store/interest-store.ts'
import type { Store, StoreContract } from '../libs/store/store.ts'
import type { Bench } from './benchmark.ts'
import { contractAt, createTopics, newPlace, openStoreAt, type Place } from './place.ts'
import type { Environment } from './service-process.ts'
import { clusteredVectors } from './workload.ts'

/** Straight into the store: embedding and tracking are other benchmarks. */

export const DIMENSION = 384
/** Themes of the catalog. */
const CLUSTERS = 100
const ITEM_SEED = 17
const CATEGORIES = 20
const ITEMS_AT_ONCE = 500
const USERS_AT_ONCE = 1_000
const REMEMBERED = 20

/** The vectors of the items that every benchmark stores; the first of many are those of few. */
export function itemVectors(items: number): Float32Array[] {
  return clusteredVectors(items, DIMENSION, CLUSTERS, ITEM_SEED)
}

export async function storeItems(
  store: Store,
  vectors: readonly Float32Array[],
  bench: Bench,
): Promise<void> {
  const facts = { description: '', tags: [], attributes: {}, available: true }
  for (let start = 0; start < vectors.length; start += ITEMS_AT_ONCE) {
    const some = vectors.slice(start, start + ITEMS_AT_ONCE)
    const writes = some.map((vector, n) => {
      const i = start + n
      const itemId = `item-${i}`
      const item = { itemId, title: `Item number ${i}`, category: `category-${i % CATEGORIES}`, ...facts }
      const stored = { item, vectors: new Map([['text', vector]]), contentHash: itemId }
      return { itemId, stored, source: { partition: 0, offset: i } }
    })
    await store.writeItems(writes)
    bench.progress(`Storing ${vectors.length} items`, start + some.length, vectors.length)
  }
}

/** Users who have done a little: what a store is full of. */
async function storeUsers(
  store: Store,
  contract: StoreContract,
  users: number,
  vectors: readonly Float32Array[],
  bench: Bench,
): Promise<void> {
  const nowMs = Date.now()
  const trending = { landmarkMs: nowMs, weights: new Map<string, number>() }
  for (let start = 0; start < users; start += USERS_AT_ONCE) {
    const count = Math.min(USERS_AT_ONCE, users - start)
    const writes = Array.from({ length: count }, (_, n): UserWrite => {
      const state = userState(start + n, contract, vectors, nowMs)
      return { userId: `user-${start + n}`, state, storedOffsets: undefined }
    })
    const partition = { topic: 'bench', partition: start, position: 1, expectedPosition: undefined, trending }
    await store.commit({ users: writes, partition })
    bench.progress(`Storing ${users} users`, start + count, users)
  }
}

function userState(
  user: number,
  { shape }: StoreContract,
  vectors: readonly Float32Array[],
  nowMs: number,
): UserState {
  const interest = emptyInterest(shape)
  interest.asOfMs = nowMs
  interest.masses.fill(REMEMBERED)
  // Of a theme and its neighbours, as people are: items i, i + CLUSTERS, … are of one theme.
  const chosen = Array.from({ length: REMEMBERED }, (_, n) => (user * 7 + n * CLUSTERS) % vectors.length)
  for (const item of chosen) {
    for (let at = 0; at < interest.sums.length; at++) interest.sums[at]! += vectors[item]![at % DIMENSION]!
  }
  const events = chosen.map((item, n) => ({
    fingerprint: (user * REMEMBERED + n).toString(16).padStart(16, '0'),
    itemId: `item-${item}`,
    type: 'click',
    occurredAtMs: nowMs - n,
    weight: 2,
  }))
  const items = events.map(({ itemId, occurredAtMs }) => ({
    itemHash: itemHash(itemId),
    lastSeconds: Math.floor(occurredAtMs / 1_000),
    kinds: 1,
    times: 1,
  }))
  return { ...emptyUser(shape), interest, remembered: EventList.of(events), seen: SeenItems.of(items) }
}

/** People who ask a scorer for something. */
export const ASKING_USERS = 500

export interface World {
  readonly place: Place
  readonly vectors: readonly Float32Array[]
}

/** Topics and a store of their own, with so many items and users. */
export async function newWorld(
  bench: Bench,
  { items, users }: { readonly items: number; readonly users: number },
  more: Environment = {},
): Promise<World> {
  const place = await newPlace(bench, more)
  await createTopics(place)
  const vectors = itemVectors(items)
  const store = await openStoreAt(place)
  await storeItems(store, vectors, bench)
  await storeUsers(store, contractAt(place), users, vectors, bench)
  await store.close()
  return { place, vectors }
}

/** A world that is only read, shared by all benchmarks that do no more. */
export function readOnlyWorld(items: number, bench: Bench): Promise<World> {
  return bench.once(`world of ${items}`, () => newWorld(bench, { items, users: ASKING_USERS }))
}
