import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { quickComeback, startNativeKafka } from './kafka-native.ts'
import { startNativeRedis } from './redis-native.ts'
import type { NativeService } from './running-service.ts'

let dir: string
let service: NativeService | undefined

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'halflife-native-'))
})
afterEach(async () => {
  await service?.stop()
  service = undefined
  await rm(dir, { recursive: true, force: true })
})

async function crash(target: NativeService): Promise<void> {
  const before = target.pid
  await target.kill()
  expect(target.pid).toBeUndefined()
  await target.start()
  expect(target.pid).not.toBe(before)
}

test('a Redis with an append-only file is back with its data after a crash', async () => {
  service = await startNativeRedis({ dir, appendonly: true })
  const client = new Redis(service.address)
  client.on('error', () => {})
  await client.set('kept', 'yes')
  await crash(service)
  expect(await client.get('kept')).toBe('yes')
  client.disconnect()
})

test('a Redis without one is back empty', async () => {
  service = await startNativeRedis({ dir })
  const client = new Redis(service.address)
  client.on('error', () => {})
  await client.set('kept', 'no')
  await crash(service)
  expect(await client.get('kept')).toBeNull()
  client.disconnect()
})

test('a Kafka is back with its topics and records after a crash, and after an orderly stop', async () => {
  service = await startNativeKafka({ dir, settings: quickComeback })
  const client = new Kafka({ brokers: [service.address], logLevel: logLevel.NOTHING })
  const admin = client.admin()
  const producer = client.producer()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }], waitForLeaders: false })
  await producer.connect()
  await producer.send({ topic: 'kept', messages: [{ value: 'before' }] })
  await crash(service)
  await expect.poll(() => endOffset(admin), { timeout: 30_000 }).toBe('1')
  await service.stop()
  await service.start()
  await expect.poll(() => endOffset(admin), { timeout: 30_000 }).toBe('1')
  await producer.disconnect()
  await admin.disconnect()
})

async function endOffset(admin: ReturnType<Kafka['admin']>): Promise<string | undefined> {
  const offsets = await admin.fetchTopicOffsets('kept').catch(() => [])
  return offsets[0]?.high
}

test('a server that cannot start is reported with what it printed', async () => {
  await expect(startNativeRedis({ dir, settings: { port: '70000' } })).rejects.toThrow(/70000/)
})
