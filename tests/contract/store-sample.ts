import { EventList } from '../../libs/interest/event-list.ts'
import { interestShape } from '../../libs/interest/interest-shape.ts'
import { emptyInterest } from '../../libs/interest/interest-state.ts'
import { SeenItems } from '../../libs/interest/seen-items.ts'
import type { UserState } from '../../libs/interest/user-state.ts'
import type { StoredItem } from '../../libs/store/catalog-store.ts'
import type { InterestCommit, UserWrite } from '../../libs/store/interest-store.ts'
import type { Store, StoreContract } from '../../libs/store/store.ts'

/** Two spaces of different size, so that a mistake in the layout of the block shows. */
export const sampleContract: StoreContract = {
  version: 1,
  shape: interestShape(
    [
      { name: 'text', dimension: 4, model: 'sample-text' },
      { name: 'image', dimension: 2, model: 'sample-image' },
    ],
    [
      { name: 'session', halfLifeMs: 1_800_000 },
      { name: 'lasting', halfLifeMs: 2_592_000_000 },
    ],
  ),
  userVectors: 'float32',
  userTtlMs: 7_776_000_000,
}

export const TOPIC = 'halflife.events'
export const NOON_MS = Date.UTC(2026, 0, 15, 12)

/** A state with something in every part, different for each `number`, which is also its applied offset. */
export function sampleState(number: number, parts: Partial<UserState> = {}): UserState {
  const interest = emptyInterest(sampleContract.shape)
  interest.asOfMs = NOON_MS + number
  interest.masses.set([1 / 3 + number, 1e-7 * (number + 1)])
  for (let i = 0; i < interest.sums.length; i++) interest.sums[i] = Math.sin(number * 31 + i)
  return {
    interest,
    remembered: EventList.of([
      { fingerprint: '00000000000000ff', itemId: '三体', type: 'view', occurredAtMs: NOON_MS, weight: 1 },
      { fingerprint: 'fedcba9876543210', itemId: 'i1', type: 'like', occurredAtMs: NOON_MS - 1, weight: 0.1 },
    ]),
    waiting: EventList.of([
      { fingerprint: '1111111111111111', itemId: 'i2', type: 'return', occurredAtMs: NOON_MS, weight: -8 },
    ]),
    seen: SeenItems.of([{ itemHash: 0xffff_ffff, lastSeconds: NOON_MS / 1_000, kinds: 3, times: 5 }]),
    applied: new Map([[`${TOPIC}/0`, number]]),
    forgottenAtMs: 0,
    forgottenIn: '',
    aliasOf: undefined,
    aliases: [],
    ...parts,
  }
}

export function offsetsOf(number: number): string {
  return `${TOPIC}/0=${number}`
}

/** A commit to partition 0 that moves it from `from` (undefined: its first) to `to`. */
export function sampleCommit(users: UserWrite[], from: number | undefined, to: number): InterestCommit {
  const trending = { landmarkMs: NOON_MS, weights: new Map([['i1', 2.5 + to]]) }
  return { users, partition: { topic: TOPIC, partition: 0, position: to, expectedPosition: from, trending } }
}

/** Writes one user for the first time, and with it the partition's position 1. */
export async function withUser(store: Store, userId: string): Promise<void> {
  await store.commit(
    sampleCommit([{ userId, state: sampleState(1), storedOffsets: undefined }], undefined, 1),
  )
}

export function sampleItem(itemId: string, title = `Title of ${itemId}`): StoredItem {
  return {
    item: {
      itemId,
      title,
      description: 'Über 三体',
      category: 'books',
      tags: ['sci-fi', '科幻'],
      attributes: { pages: 302, used: false, languages: ['zh', 'en'], price: 0.1 },
      available: false,
    },
    vectors: new Map([
      ['text', Float32Array.of(0.6, 0, -0.8, 0)],
      ['image', Float32Array.of(0, 1)],
    ]),
    contentHash: `hash of ${title}`,
  }
}

export const MOVED = { code: 'HL_POSITION_MOVED' }

/** Names that would break a careless key. */
export const ODD_IDS = [
  '{',
  '}',
  '{u1}',
  'a:b',
  '%7B',
  ' ',
  'user 1',
  '张伟',
  '🦊',
  '\u0000',
  '../u1',
  '__proto__',
]
