import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import { sampleContract } from './store-sample.ts'

async function serverWith(settings: Record<string, string>): Promise<string> {
  const redis = await startNativeRedis({ settings })
  onTestFinished(redis.stop)
  return redis.address
}

async function open(url: string, toleratesEviction = false): Promise<string[]> {
  const warnings: string[] = []
  const store = await redisStore({
    url,
    contract: sampleContract,
    toleratesEviction,
    onWarning: (detail) => warnings.push(detail),
  })
  await store.close()
  return warnings
}

describe('a Redis that may drop users', () => {
  it.each(['allkeys-lru', 'volatile-ttl', 'volatile-lfu'])('under %s is refused', async (policy) => {
    const url = await serverWith({ maxmemory: '100mb', 'maxmemory-policy': policy })
    await expect(open(url)).rejects.toMatchObject({
      code: 'HL_STORE_EVICTS',
      message: expect.stringContaining(policy),
    })
    const redis = new Redis(url)
    expect(await redis.dbsize()).toBe(0)
    redis.disconnect()
  })

  it('is put up with, loudly, when that is wanted', async () => {
    const url = await serverWith({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru', appendonly: 'yes' })
    expect(await open(url, true)).toEqual([expect.stringContaining('allkeys-lru')])
  })

  it('is not one whose memory has no limit', async () => {
    expect(await open(await serverWith({ 'maxmemory-policy': 'allkeys-lru', appendonly: 'yes' }))).toEqual([])
  })

  it('and one that keeps no append-only file is warned of', async () => {
    expect(await open(await serverWith({}))).toEqual([expect.stringContaining('appendonly')])
  })
})
