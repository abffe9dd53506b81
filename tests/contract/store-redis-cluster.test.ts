import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import { type RunningCluster, startRedisCluster } from '../substrate/redis-cluster.ts'
import { storeContract } from './store.contract.ts'
import { newRedisPlace } from './store-redis-place.ts'
import { offsetsOf, sampleCommit, sampleContract, sampleState, TOPIC, withUser } from './store-sample.ts'

let cluster: RunningCluster

beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.stop())

storeContract('a Redis Cluster', () => newRedisPlace(cluster.address))

const UNAVAILABLE = { code: 'HL_STORE_UNAVAILABLE', retryable: true }
const USERS = Array.from({ length: 60 }, (_, n) => `u${n}`)

function codeOf(error: { readonly code?: string }): string | undefined {
  return error.code
}

describe('the store in a Redis Cluster', () => {
  it('has its users on every node', async () => {
    const place = await newRedisPlace(cluster.address)
    const store = await place.open(sampleContract)
    const users = USERS.map((userId) => ({ userId, state: sampleState(1), storedOffsets: undefined }))
    await store.commit(sampleCommit(users, undefined, 1))
    const sizes = await Promise.all(place.servers().map((node) => node.dbsize()))
    expect(sizes).toHaveLength(3)
    expect(Math.min(...sizes)).toBeGreaterThan(USERS.length / 10)
    await store.close()
    await place.remove()
  })

  it('opens when one of the nodes it is given is not there', async () => {
    const elsewhere = cluster.address.replace('://', '://127.0.0.1:1,')
    const store = await redisStore({ url: elsewhere, prefix: 'elsewhere', contract: sampleContract })
    await withUser(store, 'u1')
    expect(await store.readUsers(['u1'])).toMatchObject([{ storedOffsets: offsetsOf(1) }])
    await store.close()
  })

  it('says that one of its nodes is no server by itself', async () => {
    const url = cluster.nodes[0]!.address
    // By its name each contract may lie on that node, where it can be opened.
    const codes = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(async (prefix) => {
        try {
          await (await redisStore({ url, prefix, contract: sampleContract })).close()
          return 'opened'
        } catch (error) {
          return `${error}`
        }
      }),
    )
    const refusal = /^HalflifeError: .*MOVED.*write redis\+cluster:/
    expect(codes.filter((code) => code !== 'opened' && !refusal.test(code))).toEqual([])
    expect(codes).toContainEqual(expect.stringMatching(refusal))
  })

  it('refuses to open, for the time being, when none is there', async () => {
    const opening = redisStore({ url: 'redis+cluster://127.0.0.1:1', contract: sampleContract })
    await expect(opening).rejects.toMatchObject(UNAVAILABLE)
  })

  it('leaves the position where it was when a node is lost, and writes the rest when it is back', async () => {
    const place = await newRedisPlace(cluster.address)
    const store = await place.open(sampleContract)
    /** Writes whoever has not got the offset yet, as a tracker does that is given its batch again. */
    async function write(offset: number): Promise<void> {
      const stored = await store.readUsers(USERS)
      const partition = await store.readPartition(TOPIC, 0)
      const users = USERS.flatMap((userId, n) => {
        if (stored[n]?.storedOffsets === offsetsOf(offset)) return []
        return [{ userId, state: sampleState(offset), storedOffsets: stored[n]?.storedOffsets }]
      })
      expect(await store.commit(sampleCommit(users, partition?.position, offset + 1))).toEqual({ fenced: [] })
    }
    await write(0)
    const before = await store.readUsers(USERS)
    const [victim] = cluster.nodes
    await victim!.kill()
    const again = USERS.map((userId, n) => ({
      ...{ userId, state: sampleState(1) },
      storedOffsets: before[n]?.storedOffsets,
    }))
    await expect(store.commit(sampleCommit(again, 1, 2))).rejects.toMatchObject(UNAVAILABLE)
    // Until the nodes are asked again who there is, a node that is away is not known to be missing.
    await expect.poll(() => store.ping().catch(codeOf)).toBe('HL_STORE_UNAVAILABLE')
    await victim!.start()
    await expect
      .poll(() => store.readPartition(TOPIC, 0).then((state) => state?.position, codeOf), { timeout: 20_000 })
      .toBe(1)
    await expect.poll(() => write(1).then(() => 'written', codeOf), { timeout: 20_000 }).toBe('written')
    const after = await store.readUsers(USERS)
    expect(after.map((user) => user?.storedOffsets)).toEqual(USERS.map(() => offsetsOf(1)))
    expect(await store.readPartition(TOPIC, 0)).toMatchObject({ position: 2 })
    await store.close()
    await place.remove()
  })

  it('refuses to open, for the time being, while the cluster is not whole', async () => {
    const [asked, victim] = cluster.nodes
    const node = new Redis(asked!.address)
    await victim!.kill()
    await expect.poll(() => node.cluster('INFO'), { timeout: 20_000 }).toContain('cluster_state:fail')
    const open = () => redisStore({ url: cluster.address, prefix: 'not-whole', contract: sampleContract })
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
    await victim!.start()
    await expect
      .poll(
        () =>
          open()
            .then((store) => store.close())
            .then(() => 'opened', codeOf),
        { timeout: 20_000 },
      )
      .toBe('opened')
    node.disconnect()
  })
})
