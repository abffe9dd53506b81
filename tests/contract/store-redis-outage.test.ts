import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import { type RedisLine, redisLine } from './store-redis-line.ts'
import { newRedisPlace, type RedisPlace } from './store-redis-place.ts'
import { offsetsOf, sampleCommit, sampleContract, sampleItem, sampleState, withUser } from './store-sample.ts'

const UNAVAILABLE = { code: 'HL_STORE_UNAVAILABLE', retryable: true }

describe('the Redis store on a bad line', () => {
  let place: RedisPlace
  let line: RedisLine
  let store: Store
  let troubles: unknown[]

  beforeEach(async () => {
    place = await newRedisPlace(inject('redisUrl'))
    line = await redisLine(inject('redisUrl'))
    troubles = []
    store = await redisStore({
      url: line.url,
      prefix: place.prefix,
      contract: sampleContract,
      onTrouble: (error) => troubles.push(error),
    })
  })
  afterEach(async () => {
    await store.close()
    await line.cut()
    await place.remove()
  })

  async function untilItAnswers(): Promise<void> {
    await vi.waitFor(() => store.ping(), { timeout: 10_000 })
  }

  it('refuses every call while Redis is away, and works again by itself', async () => {
    await withUser(store, 'u1')
    await line.cut()
    const item = { itemId: 'i1', stored: sampleItem('i1'), source: { partition: 0, offset: 0 } }
    for (const call of [
      () => store.ping(),
      () => store.readUsers(['u1', 'u2']),
      () => store.commit(sampleCommit([], 1, 2)),
      () => store.readPartitions(),
      () => store.writeItems([item]),
      () => store.readEmbeddings(['k']),
      () => store.readProfile('u1'),
      () => store.waitingUsers('i1'),
    ]) {
      await expect(call()).rejects.toMatchObject(UNAVAILABLE)
    }
    await vi.waitFor(() => expect(troubles).not.toEqual([]), { timeout: 10_000 })
    await line.mend()
    await untilItAnswers()
    expect(await store.readUsers(['u1'])).toMatchObject([{ storedOffsets: offsetsOf(1) }])
    expect((await store.itemChanges(0, 10)).itemIds).toEqual([])
  })

  it('reports a commit whose answer is lost, sends it only once, and recognises it when it is done again', async () => {
    await withUser(store, 'u1')
    line.loseAnswers()
    const write = { userId: 'u1', state: sampleState(2), storedOffsets: offsetsOf(1) }
    const commit = sampleCommit([write], 1, 2)
    const outcome = expect(store.commit(commit)).rejects.toMatchObject(UNAVAILABLE)
    await vi.waitFor(async () => {
      expect(await place.redis.hget(`${place.prefix}:user:{u1}`, 'offsets')).toBe(offsetsOf(2))
    })
    await place.redis.hset(`${place.prefix}:user:{u1}`, 'offsets', offsetsOf(1))
    await place.redis.hset(`${place.prefix}:partition:{halflife.events/0}`, 'position', 1)
    line.drop()
    await outcome
    await untilItAnswers()
    // Had it been sent again after the reconnect, it would have found what it expects and gone through.
    expect(await store.readUsers(['u1'])).toMatchObject([{ storedOffsets: offsetsOf(1) }])
    expect(await store.commit(commit)).toEqual({ fenced: [] })
    await expect(store.commit(commit)).rejects.toMatchObject({ code: 'HL_POSITION_MOVED' })
  })

  it('gives up on a line that has gone silent, and takes a new one', async () => {
    line.loseAnswers()
    await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE)
    line.drop()
    await untilItAnswers()
  }, 30_000)

  it('can be closed while Redis is away', async () => {
    await line.cut()
    await expect(store.close()).resolves.toBeUndefined()
    await line.mend()
  })

  it('does not open while Redis is away, and does once it is there', async () => {
    const open = (): Promise<Store> =>
      redisStore({ url: line.url, prefix: place.prefix, contract: sampleContract })
    await line.cut()
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
    await line.mend()
    await (await open()).close()
  })

  it('tells a password that is refused from now on from a Redis that is away, until it is accepted again', async () => {
    const { redis, prefix } = place
    const user = `user-${prefix}`
    await redis.acl('SETUSER', user, 'on', '>one', '~*', '+@all')
    const url = new URL(inject('redisUrl'))
    url.username = user
    url.password = 'one'
    const guarded = await redisStore({ url: url.href, prefix, contract: sampleContract })
    const codeOfLook = () =>
      guarded.liveGeneration().then(
        () => 'answered',
        (error) => error.code,
      )
    await redis.acl('SETUSER', user, 'resetpass', '>two')
    await redis.client('KILL', 'USER', user)
    await expect.poll(codeOfLook, { timeout: 10_000 }).toBe('HL_SETTING')
    await redis.acl('SETUSER', user, '>one')
    await expect.poll(codeOfLook, { timeout: 10_000 }).toBe('answered')
    await guarded.close()
    await redis.acl('DELUSER', user)
  })

  it('says that the password is wrong, and does not show it', async () => {
    const url = new URL(inject('redisUrl'))
    url.username = 'nobody'
    url.password = 'open-sesame'
    const opening = redisStore({ url: url.href, prefix: place.prefix, contract: sampleContract })
    await expect(opening).rejects.toMatchObject({ code: 'HL_SETTING' })
    await expect(opening).rejects.toThrow(/refuses this user and password/)
    await expect(opening).rejects.not.toThrow(/open-sesame/)
  })
})

describe('a Redis that is up', () => {
  it.each([
    {
      what: 'has no memory left',
      words: 'OOM',
      remedy: 'more memory',
      cause: ['config', 'set', 'maxmemory', '1'],
    },
    {
      what: 'became a replica',
      words: 'READONLY',
      remedy: 'primary',
      cause: ['replicaof', '127.0.0.1', '1'],
    },
  ])('and $what refuses in its own words, with what to do', async ({ words, remedy, cause }) => {
    const redis = await startNativeRedis()
    const store = await redisStore({ url: redis.address, contract: sampleContract })
    const admin = new Redis(redis.address)
    onTestFinished(async () => {
      admin.disconnect()
      await store.close()
      await redis.stop()
    })
    await admin.call(cause[0]!, cause.slice(1))
    const writing = withUser(store, 'u1')
    await expect(writing).rejects.toMatchObject(UNAVAILABLE)
    await expect(writing).rejects.toThrow(
      new RegExp(`^Redis refuses for now \\(.*${words}.*\\)\\. .*${remedy}`),
    )
  })
})
