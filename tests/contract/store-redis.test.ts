import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyUser } from '../../libs/interest/user-state.ts'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { storeContract } from './store.contract.ts'
import { generationsContract } from './store-generations.contract.ts'
import { newRedisPlace, type RedisPlace } from './store-redis-place.ts'
import {
  NOON_MS,
  offsetsOf,
  sampleCommit,
  sampleContract,
  sampleItem,
  sampleState,
  TOPIC,
  withUser,
} from './store-sample.ts'
import { samplePage } from './store-shown.contract.ts'

storeContract('Redis', () => newRedisPlace(inject('redisUrl')))
generationsContract('Redis', () => newRedisPlace(inject('redisUrl')))

const DAY_MS = 86_400_000

describe('the Redis store', () => {
  let place: RedisPlace
  let store: Store

  beforeEach(async () => {
    place = await newRedisPlace(inject('redisUrl'))
    store = await place.open(sampleContract)
  })
  afterEach(async () => {
    await store.close()
    await place.remove()
  })

  function key(rest: string): string {
    return `${place.prefix}:${rest}`
  }

  /** To within a minute, which the test itself may take. */
  async function expectExpiry(name: string, ttlMs: number): Promise<void> {
    const left = await place.redis.pttl(name)
    expect(left).toBeGreaterThan(ttlMs - 60_000)
    expect(left).toBeLessThanOrEqual(ttlMs)
  }

  it('uses the documented keys and no others', async () => {
    await withUser(store, '{三}')
    await store.writeItems([
      { itemId: 'i 1', stored: sampleItem('i 1'), source: { partition: 3, offset: 8 } },
    ])
    await store.writeProfiles([{ userId: 'u1', profile: {}, source: { partition: 0, offset: 0 } }])
    await store.writeEmbeddings(new Map([['k', Float32Array.of(1)]]))
    await store.addWaiting('i2', ['u1'])
    await store.addShown([{ to: 'u 1', page: samplePage(1) }], 60_000)
    await store.forgetShown(['u2'], 1, 60_000)
    const keys = await place.redis.keys(key('*'))
    expect(keys.map((name) => name.slice(place.prefix.length + 1)).sort()).toEqual([
      'contract',
      'embedding:k',
      'item:{i 1}',
      'partition:{halflife.events/0}',
      'partitions',
      'profile:{u1}',
      'shown-forgotten:{u2}',
      'shown:{u 1}',
      'user:{%7B三%7D}',
      'waiting:{i2}',
      '{items}:changes',
      '{items}:sequence',
    ])
  })

  it('keeps the vectors as raw float32 and every number as text, in a hash', async () => {
    await withUser(store, 'u1')
    const fields = await place.redis.hgetallBuffer(key('user:{u1}'))
    expect(Object.keys(fields).sort()).toEqual(
      [
        ...['vec:text:session', 'vec:text:lasting', 'vec:image:session', 'vec:image:lasting'],
        ...['mass:session', 'mass:lasting', 'asof', 'remembered', 'waiting', 'seen', 'offsets'],
      ].sort(),
    )
    const { interest } = sampleState(1)
    expect(fields['vec:image:session']).toEqual(Buffer.from(interest.sums.slice(8, 10).buffer))
    expect(fields['mass:session']?.toString()).toBe('1.3333333333333333')
    expect(fields.asof?.toString()).toBe(String(interest.asOfMs))
    expect(fields.offsets?.toString()).toBe(offsetsOf(1))
  })

  it('leaves a forgotten user no vector, which an index would find', async () => {
    await withUser(store, 'u1')
    const state = {
      ...emptyUser(sampleContract.shape),
      applied: new Map([[`${TOPIC}/0`, 2]]),
      forgottenAtMs: NOON_MS,
      forgottenIn: `${TOPIC}/0`,
    }
    await store.commit(sampleCommit([{ userId: 'u1', state, storedOffsets: offsetsOf(1) }], 1, 2))
    expect(await place.redis.hgetall(key('user:{u1}'))).toEqual({
      forgotten: `${TOPIC}/0=${NOON_MS}`,
      offsets: offsetsOf(2),
    })
    await expectExpiry(key('user:{u1}'), sampleContract.userTtlMs)
  })

  it('lets a user expire a fixed time after the last write', async () => {
    await withUser(store, 'u1')
    await place.redis.pexpire(key('user:{u1}'), 1_000_000)
    await store.commit(
      sampleCommit([{ userId: 'u1', state: sampleState(2), storedOffsets: offsetsOf(1) }], 1, 2),
    )
    await expectExpiry(key('user:{u1}'), sampleContract.userTtlMs)
  })

  it('knows a user no more once it has expired, and takes a first write again', async () => {
    await withUser(store, 'u1')
    await place.redis.pexpire(key('user:{u1}'), 0)
    expect(await store.readUsers(['u1'])).toEqual([undefined])
    const write = { userId: 'u1', state: sampleState(2), storedOffsets: undefined }
    expect(await store.commit(sampleCommit([write], 1, 2))).toEqual({ fenced: [] })
  })

  it('keeps only the source of what was removed, and that for 30 days', async () => {
    const source = { partition: 3, offset: 8 }
    await store.writeItems([{ itemId: 'i1', stored: sampleItem('i1'), source }])
    expect(await place.redis.pttl(key('item:{i1}'))).toBe(-1)
    await store.writeItems([{ itemId: 'i1', stored: undefined, source }])
    await store.writeProfiles([{ userId: 'u1', profile: undefined, source }])
    for (const name of [key('item:{i1}'), key('profile:{u1}')]) {
      expect(await place.redis.hgetall(name)).toEqual({ source: '3/8' })
      await expectExpiry(name, 30 * DAY_MS)
    }
    await store.writeItems([{ itemId: 'i1', stored: sampleItem('i1'), source }])
    expect(await place.redis.pttl(key('item:{i1}'))).toBe(-1)
  })

  it('keeps an embedding for 90 days and waiting users for 30', async () => {
    await store.writeEmbeddings(new Map([['k', Float32Array.of(1)]]))
    await store.addWaiting('i1', ['u1'])
    await expectExpiry(key('embedding:k'), 90 * DAY_MS)
    await expectExpiry(key('waiting:{i1}'), 30 * DAY_MS)
  })

  it('numbers new changes higher than any cursor, even when the server has forgotten the last ones', async () => {
    await store.writeItems([{ itemId: 'i1', stored: sampleItem('i1'), source: { partition: 0, offset: 0 } }])
    const { cursor } = await store.itemChanges(0, 10)
    await place.redis.del(key('{items}:changes'), key('{items}:sequence'))
    await store.writeItems([{ itemId: 'i2', stored: sampleItem('i2'), source: { partition: 0, offset: 1 } }])
    expect((await store.itemChanges(cursor, 10)).itemIds).toEqual(['i2'])
  })

  it('begins its changes anew when the server comes back emptied, with its clock behind', async () => {
    await store.writeItems([{ itemId: 'i1', stored: sampleItem('i1'), source: { partition: 0, offset: 0 } }])
    const { cursor } = await store.itemChanges(0, 10)
    expect(await store.itemChanges(cursor, 10)).toEqual({ itemIds: [], cursor })
    await place.redis.del(key('{items}:changes'), key('{items}:sequence'))
    expect(await store.itemChanges(cursor, 10)).toEqual({ itemIds: [], cursor: 0 })
    await place.redis.zadd(key('{items}:changes'), cursor - 2, 'i1', cursor - 1, 'i2')
    const all = { itemIds: ['i1', 'i2'], cursor: cursor - 1 }
    expect(await store.itemChanges(cursor, 10)).toEqual(all)
    expect(await store.itemChanges(all.cursor, 10)).toEqual({ ...all, itemIds: [] })
  })

  it('goes on when the server has lost its scripts', async () => {
    await withUser(store, 'u1')
    await place.redis.script('FLUSH')
    const write = { userId: 'u1', state: sampleState(2), storedOffsets: offsetsOf(1) }
    expect(await store.commit(sampleCommit([write], 1, 2))).toEqual({ fenced: [] })
  })

  it.each([
    ['vec:text:session', Buffer.alloc(12)],
    ['mass:lasting', 'NaN'],
    ['asof', 'yesterday'],
    ['remembered', Buffer.of(9)],
    ['seen', Buffer.of(1, 2)],
    ['offsets', 'halflife.events=1'],
  ])('says whose field %s cannot be read', async (field, value) => {
    await withUser(store, 'u1')
    await place.redis.hset(key('user:{u1}'), field, value)
    const reading = store.readUsers(['u1'])
    await expect(reading).rejects.toMatchObject({ code: 'HL_STORE_CORRUPT' })
    await expect(reading).rejects.toThrow(`The stored user "u1" cannot be read: ${field} `)
  })

  async function empty(): Promise<void> {
    await Promise.all((await place.redis.keys(key('*'))).map((name) => place.redis.del(name)))
  }

  it('writes the contract again after Redis was emptied, with the first partition that is begun', async () => {
    await withUser(store, 'u1')
    const contract = await place.redis.hgetall(key('contract'))
    await empty()
    await withUser(store, 'u1')
    expect(await place.redis.hgetall(key('contract'))).toEqual(contract)
  })

  it('writes nothing to a Redis that was emptied and filled under another contract', async () => {
    await empty()
    const other = await place.open({ ...sampleContract, userTtlMs: 1_000 })
    await expect(withUser(store, 'u1')).rejects.toMatchObject({ code: 'HL_STORE_CONTRACT' })
    expect(await other.readPartitions()).toEqual([])
    expect(await other.readUsers(['u1'])).toEqual([undefined])
    await other.close()
  })

  it('says so when another program has put another type under a key', async () => {
    await place.redis.set(key('user:{u1}'), 'text')
    await expect(store.readUsers(['u1'])).rejects.toMatchObject({ code: 'HL_STORE_CORRUPT' })
    await expect(withUser(store, 'u1')).rejects.toMatchObject({ code: 'HL_STORE_CORRUPT' })
  })

  it.each(['http://127.0.0.1', 'localhost:6379', ''])('refuses the URL "%s"', async (url) => {
    await expect(redisStore({ url, contract: sampleContract })).rejects.toMatchObject({ code: 'HL_SETTING' })
  })

  it.each([
    ['is no cluster', (url: string) => url.replace('redis:', 'redis+cluster:'), /write redis:\/\//],
    ['has no such database', (url: string) => `${url}/4711`, /the number of the database/],
  ])('says that the server %s', async (_, misdirect, remedy) => {
    const opening = redisStore({ url: misdirect(inject('redisUrl')), contract: sampleContract })
    await expect(opening).rejects.toMatchObject({ code: 'HL_SETTING' })
    await expect(opening).rejects.toThrow(remedy)
  })

  it.each(['', 'a{b', 'a%b', 'a\n'])('refuses the prefix "%s"', async (prefix) => {
    const opening = redisStore({ url: inject('redisUrl'), prefix, contract: sampleContract })
    await expect(opening).rejects.toMatchObject({ code: 'HL_SETTING' })
  })
})
