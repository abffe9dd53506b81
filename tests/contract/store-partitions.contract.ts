import { expect, it } from 'vitest'
import type { UserWrite } from '../../libs/store/interest-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { MOVED, NOON_MS, ODD_IDS, sampleCommit, sampleState, TOPIC } from './store-sample.ts'

export function partitionsContract(open: () => Promise<Store>): void {
  it('knows nothing of a partition that was never committed', async () => {
    const store = await open()
    expect(await store.readPartition(TOPIC, 0)).toBeUndefined()
    expect(await store.readPartitions()).toEqual([])
  })

  it('gives position, trending weights and recent users back exactly', async () => {
    const [store, other] = await Promise.all([open(), open()])
    const weights = new Map([
      ['三体', 1 / 3],
      ['i1', 2 ** 200],
      ['{', -1e-9],
    ])
    const state = {
      topic: TOPIC,
      partition: 7,
      position: 2 ** 40,
      trending: { landmarkMs: NOON_MS, weights },
      contexts: new Map([
        ['country=DE', { landmarkMs: NOON_MS, weights }],
        ['device=手机', { landmarkMs: 0.5, weights: new Map() }],
      ]),
      recent: new Map(ODD_IDS.map((userId, n) => [userId, 2 ** 40 + n])),
    }
    await store.commit({ users: [], partition: { ...state, expectedPosition: undefined } })
    expect(await other.readPartition(TOPIC, 7)).toEqual(state)
    expect(await other.readPosition(TOPIC, 7)).toBe(2 ** 40)
    expect([...(await other.readPartition(TOPIC, 7))!.recent!.keys()]).toEqual(ODD_IDS)
  })

  it('keeps nothing of recent users and contexts that a later commit has not', async () => {
    const store = await open()
    const { partition } = sampleCommit([], undefined, 1)
    const contexts = new Map([['country=DE', partition.trending]])
    await store.commit({ users: [], partition: { ...partition, contexts, recent: new Map([['u1', 0]]) } })
    await store.commit(sampleCommit([], 1, 2))
    const { expectedPosition, ...state } = sampleCommit([], 1, 2).partition
    expect(expectedPosition).toBe(1)
    expect(await store.readPartition(TOPIC, 0)).toEqual(state)
  })

  it('lists the partitions of all topics', async () => {
    const store = await open()
    const trending = { landmarkMs: 0, weights: new Map() }
    const states = ['a.events', 'b.events'].flatMap((topic) =>
      [0, 11].map((partition) => ({ topic, partition, position: partition + 1, trending })),
    )
    for (const state of states)
      await store.commit({ users: [], partition: { ...state, expectedPosition: undefined } })
    const listed = await store.readPartitions()
    expect(listed).toHaveLength(states.length)
    expect(listed).toEqual(expect.arrayContaining(states))
  })

  it('refuses a commit when the position is not the one expected, and leaves the partition as it was', async () => {
    const store = await open()
    await expect(store.commit(sampleCommit([], 5, 6))).rejects.toMatchObject(MOVED)
    expect(await store.readPartition(TOPIC, 0)).toBeUndefined()
    expect(await store.readPosition(TOPIC, 0)).toBeUndefined()
    await store.commit(sampleCommit([], undefined, 9))
    for (const expected of [undefined, 8, 90]) {
      await expect(store.commit(sampleCommit([], expected, 10))).rejects.toMatchObject(MOVED)
    }
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 9 })
    expect(await store.commit(sampleCommit([], 9, 10))).toEqual({ fenced: [] })
  })

  it('writes no user of a small commit when the position has moved', async () => {
    const store = await open()
    await store.commit(sampleCommit([], undefined, 5))
    const write: UserWrite = { userId: 'u1', state: sampleState(1), storedOffsets: undefined }
    await expect(store.commit(sampleCommit([write], 4, 5))).rejects.toMatchObject(MOVED)
    expect(await store.readUsers(['u1'])).toEqual([undefined])
  })
}
