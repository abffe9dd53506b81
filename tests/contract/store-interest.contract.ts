import { describe, expect, it } from 'vitest'
import { EventList } from '../../libs/interest/event-list.ts'
import { SeenItems } from '../../libs/interest/seen-items.ts'
import { emptyUser } from '../../libs/interest/user-state.ts'
import type { StoredUser, UserWrite } from '../../libs/store/interest-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { VectorRoom } from '../../libs/store/vector-room.ts'
import { partitionsContract } from './store-partitions.contract.ts'
import {
  MOVED,
  NOON_MS,
  ODD_IDS,
  offsetsOf,
  sampleCommit,
  sampleContract,
  sampleState,
  TOPIC,
  withUser,
} from './store-sample.ts'

type Open = () => Promise<Store>

export function interestContract(open: Open): void {
  describe('users', () => {
    usersContract(open)
  })
  describe('fencing', () => {
    fencingContract(open)
  })
  describe('partitions', () => {
    partitionsContract(open)
  })
  describe('waiting users', () => {
    waitingContract(open)
  })
}

function usersContract(open: Open): void {
  it('gives a state back bit for bit, with the offsets it holds', async () => {
    const [store, other] = await Promise.all([open(), open()])
    await withUser(store, 'u1')
    const expected: StoredUser = { state: sampleState(1), storedOffsets: offsetsOf(1) }
    expect(await other.readUsers(['u1'])).toEqual([expected])
  })

  it('gives states in the order asked, undefined for a user it does not know', async () => {
    const store = await open()
    await withUser(store, 'u1')
    const users = await store.readUsers(['nobody', 'u1', 'nobody else', 'u1'])
    expect(users.map((user) => user?.storedOffsets)).toEqual([
      undefined,
      offsetsOf(1),
      undefined,
      offsetsOf(1),
    ])
    expect(await store.readUsers([])).toEqual([])
    expect(await store.readOffsets(['nobody', 'u1'])).toEqual([undefined, offsetsOf(1)])
  })

  it('reads one after another into the same room, and nothing of those before shows', async () => {
    const store = await open()
    const forgotten = { forgottenAtMs: NOON_MS, forgottenIn: `${TOPIC}/0` }
    const states = [
      sampleState(1),
      { ...emptyUser(sampleContract.shape), ...forgotten, applied: new Map([[`${TOPIC}/0`, 2]]) },
      sampleState(3),
    ]
    const users = states.map((state, i): UserWrite => ({ userId: `u${i}`, state, storedOffsets: undefined }))
    await store.commit(sampleCommit(users, undefined, 1))
    const room = new VectorRoom()
    for (const asked of [[0, 2], [1], [2, 1, 0], [1, 0]]) {
      const stored = await store.readUsers(
        asked.map((i) => `u${i}`),
        room,
      )
      expect(stored.map((user) => user?.state)).toEqual(asked.map((i) => states[i]))
    }
  })

  it('replaces a state as a whole, and drops what is no longer waiting', async () => {
    const store = await open()
    await withUser(store, 'u1')
    const state = sampleState(2, { waiting: new EventList(), seen: new SeenItems() })
    await store.commit(sampleCommit([{ userId: 'u1', state, storedOffsets: offsetsOf(1) }], 1, 2))
    expect(await store.readUsers(['u1'])).toEqual([{ state, storedOffsets: offsetsOf(2) }])
  })

  it('keeps a state that has nothing in it', async () => {
    const store = await open()
    const state = sampleState(0, {
      remembered: new EventList(),
      waiting: new EventList(),
      seen: new SeenItems(),
      applied: new Map(),
    })
    await store.commit(sampleCommit([{ userId: 'u1', state, storedOffsets: undefined }], undefined, 1))
    expect(await store.readUsers(['u1'])).toEqual([{ state, storedOffsets: '' }])
    expect(await store.readOffsets(['u1'])).toEqual([''])
    await store.commit(sampleCommit([{ userId: 'u1', state: sampleState(1), storedOffsets: '' }], 1, 2))
    expect(await store.readUsers(['u1'])).toEqual([{ state: sampleState(1), storedOffsets: offsetsOf(1) }])
  })

  it('keeps of a forgotten user when, where, and the offsets; and takes in what they do afterwards', async () => {
    const store = await open()
    await withUser(store, 'u1')
    const forgotten = { forgottenAtMs: NOON_MS, forgottenIn: `${TOPIC}/0` }
    const applied = new Map([[`${TOPIC}/0`, 2]])
    const blank = { ...emptyUser(sampleContract.shape), ...forgotten, applied }
    await store.commit(sampleCommit([{ userId: 'u1', state: blank, storedOffsets: offsetsOf(1) }], 1, 2))
    expect(await store.readUsers(['u1'])).toEqual([{ state: blank, storedOffsets: offsetsOf(2) }])
    const stale: UserWrite = { userId: 'u1', state: sampleState(2), storedOffsets: offsetsOf(1) }
    expect(await store.commit(sampleCommit([stale], 2, 3))).toEqual({ fenced: ['u1'] })
    const state = sampleState(3, forgotten)
    await store.commit(sampleCommit([{ userId: 'u1', state, storedOffsets: offsetsOf(2) }], 2, 3))
    expect(await store.readUsers(['u1'])).toEqual([{ state, storedOffsets: offsetsOf(3) }])
  })

  it('commits 600 users and their partition at once', async () => {
    const store = await open()
    const userIds = Array.from({ length: 600 }, (_, i) => `u${i}`)
    const users = userIds.map(
      (userId, i): UserWrite => ({ userId, state: sampleState(i), storedOffsets: undefined }),
    )
    expect(await store.commit(sampleCommit(users, undefined, 600))).toEqual({ fenced: [] })
    const stored = await store.readUsers(userIds)
    expect(stored.map((user) => user?.state)).toEqual(users.map(({ state }) => state))
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 600 })
  })

  it('keeps users with odd ids apart', async () => {
    const store = await open()
    const users = ODD_IDS.map(
      (userId, i): UserWrite => ({ userId, state: sampleState(i), storedOffsets: undefined }),
    )
    expect(await store.commit(sampleCommit(users, undefined, 1))).toEqual({ fenced: [] })
    const stored = await store.readUsers(ODD_IDS)
    expect(stored.map((user) => user?.state)).toEqual(users.map(({ state }) => state))
  })
}

function fencingContract(open: Open): void {
  it('refuses a user whose offsets have changed, and leaves state and partition as they were', async () => {
    const store = await open()
    await withUser(store, 'u1')
    const stale: UserWrite = { userId: 'u1', state: sampleState(3), storedOffsets: offsetsOf(0) }
    expect(await store.commit(sampleCommit([stale], 1, 2))).toEqual({ fenced: ['u1'] })
    expect(await store.readUsers(['u1'])).toEqual([{ state: sampleState(1), storedOffsets: offsetsOf(1) }])
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 1 })
  })

  it('refuses a first write when there is such a user, and a later one when there is none', async () => {
    const store = await open()
    await withUser(store, 'u1')
    const first: UserWrite = { userId: 'u1', state: sampleState(2), storedOffsets: undefined }
    const later: UserWrite = { userId: 'u2', state: sampleState(2), storedOffsets: offsetsOf(1) }
    expect(await store.commit(sampleCommit([first, later], 1, 2))).toEqual({ fenced: ['u1', 'u2'] })
    expect(await store.readUsers(['u2'])).toEqual([undefined])
  })

  it('writes the users beside a fenced one, so that committing the fenced again completes the work', async () => {
    const store = await open()
    await withUser(store, 'u1')
    const fresh: UserWrite = { userId: 'u2', state: sampleState(2), storedOffsets: undefined }
    const stale: UserWrite = { userId: 'u1', state: sampleState(2), storedOffsets: undefined }
    expect(await store.commit(sampleCommit([fresh, stale], 1, 2))).toEqual({ fenced: ['u1'] })
    expect(await store.commit(sampleCommit([{ ...stale, storedOffsets: offsetsOf(1) }], 1, 2))).toEqual({
      fenced: [],
    })
    const users = await store.readUsers(['u1', 'u2'])
    expect(users.map((user) => user?.storedOffsets)).toEqual([offsetsOf(2), offsetsOf(2)])
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 2 })
  })

  it('leaves the partition alone when a user among the first of many is fenced', async () => {
    const store = await open()
    await withUser(store, 'u0')
    const users = Array.from({ length: 600 }, (_, i): UserWrite => {
      return { userId: `u${i}`, state: sampleState(2), storedOffsets: undefined }
    })
    expect(await store.commit(sampleCommit(users, 1, 2))).toEqual({ fenced: ['u0'] })
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 1 })
  })

  it('leaves the partition where it is while more of the batch follows, and writes it with the last', async () => {
    const store = await open()
    await withUser(store, 'u0')
    const users = ['u1', 'u2'].map((userId): UserWrite => {
      return { userId, state: sampleState(2), storedOffsets: undefined }
    })
    const [first, last] = users.map((user) => sampleCommit([user], 1, 2))
    expect(await store.commit({ ...first!, more: true })).toEqual({ fenced: [] })
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 1 })
    await expect(store.commit({ ...sampleCommit(users, 0, 2), more: true })).rejects.toMatchObject(MOVED)
    expect(await store.readOffsets(['u1', 'u2'])).toEqual([offsetsOf(2), undefined])
    expect(await store.commit(last!)).toEqual({ fenced: [] })
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 2 })
  })

  it('refuses the same commit a second time', async () => {
    const store = await open()
    const commit = sampleCommit(
      [{ userId: 'u1', state: sampleState(1), storedOffsets: undefined }],
      undefined,
      1,
    )
    await store.commit(commit)
    await expect(store.commit(commit)).rejects.toMatchObject(MOVED)
    expect(
      await store.commit({ ...commit, partition: { ...commit.partition, expectedPosition: 1 } }),
    ).toEqual({
      fenced: ['u1'],
    })
  })

  it('lets exactly one of two writers through, round after round', async () => {
    const writers = await Promise.all([open(), open()])
    await withUser(writers[0], 'u1')
    for (let round = 1; round <= 20; round++) {
      const [user] = await writers[round % 2]!.readUsers(['u1'])
      const outcomes = await Promise.all(
        writers.map(async (writer, w) => {
          const write = {
            userId: 'u1',
            state: sampleState(round * 2 + w),
            storedOffsets: user!.storedOffsets,
          }
          const commit = sampleCommit([write], undefined, 1)
          const partition = {
            ...commit.partition,
            partition: 1 + w,
            expectedPosition: round === 1 ? undefined : 1,
          }
          return writer.commit({ ...commit, partition }).catch((error: { code: string }) => error.code)
        }),
      )
      const written = outcomes.filter((outcome) => typeof outcome !== 'string' && outcome.fenced.length === 0)
      expect(written).toHaveLength(1)
    }
  })
}

function waitingContract(open: Open): void {
  it('remembers each waiting user of an item once, until removed', async () => {
    const store = await open()
    await store.addWaiting('i1', ['u2', 'u1'])
    await store.addWaiting('i1', ['u1', '{u3}'])
    expect((await store.waitingUsers('i1')).sort()).toEqual(['u1', 'u2', '{u3}'])
    await store.removeWaiting('i1', ['u2', 'nobody'])
    expect((await store.waitingUsers('i1')).sort()).toEqual(['u1', '{u3}'])
  })

  it('keeps the waiting users of different items apart', async () => {
    const store = await open()
    for (const itemId of ODD_IDS) await store.addWaiting(itemId, [`waits for ${itemId}`])
    await store.addWaiting('a', ['bc'])
    await store.addWaiting('ab', ['c'])
    for (const itemId of ODD_IDS) expect(await store.waitingUsers(itemId)).toEqual([`waits for ${itemId}`])
    expect(await store.waitingUsers('a')).toEqual(['bc'])
    expect(await store.waitingUsers('nothing')).toEqual([])
  })

  it('takes any number of users of one item', async () => {
    const store = await open()
    const everybody = Array.from({ length: 200_000 }, (_, n) => `user-${n}`)
    await store.addWaiting('i1', everybody)
    expect(await store.waitingUsers('i1')).toHaveLength(everybody.length)
    await store.removeWaiting('i1', everybody.slice(1))
    expect(await store.waitingUsers('i1')).toEqual(['user-0'])
  })

  it('takes an empty list of users for nothing to do', async () => {
    const store = await open()
    await store.addWaiting('i1', [])
    await store.removeWaiting('i1', [])
    expect(await store.waitingUsers('i1')).toEqual([])
  })
}
