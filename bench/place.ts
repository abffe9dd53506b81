import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { lexicalEmbedder } from '../libs/embedding/lexical-embedder.ts'
import { topicNames, topicSpecs } from '../libs/log/event-log.ts'
import { kafkaClient } from '../libs/log/kafka/kafka-client.ts'
import { kafkaEventLog } from '../libs/log/kafka/kafka-event-log.ts'
import { readSettings, type Settings } from '../libs/settings/settings.ts'
import { redisStore } from '../libs/store/redis/redis-store.ts'
import type { Store, StoreContract } from '../libs/store/store.ts'
import { contractOf } from '../services/process/contract.ts'
import type { Bench } from './benchmark.ts'
import type { Environment } from './service-process.ts'

/** Topics and keys of our own on Kafka and Redis, gone when all is over. */
export interface Place {
  readonly environment: Environment
  readonly settings: Settings
  readonly topics: ReturnType<typeof topicNames>
}

export async function newPlace(bench: Bench, more: Environment = {}): Promise<Place> {
  const { kafka, redis } = await bench.substrate()
  const name = `bench-${randomUUID().slice(0, 8)}`
  const environment = {
    KAFKA_BROKERS: kafka.address,
    REDIS_URL: redis.address,
    TOPIC_PREFIX: name,
    KEY_PREFIX: name,
    EMBEDDER: 'lexical',
    ...more,
  }
  const place = placeAt(environment)
  bench.whenOver(() => clearPlace(place))
  return place
}

function placeAt(environment: Environment): Place {
  const settings = readSettings(environment)
  return { environment, settings, topics: topicNames(settings.TOPIC_PREFIX) }
}

/** The same topics, and a store of its own that has nothing yet. */
export function withKeys(place: Place, suffix: string, bench: Bench): Place {
  const KEY_PREFIX = `${place.settings.KEY_PREFIX}-${suffix}`
  const environment = { ...place.environment, KEY_PREFIX }
  bench.whenOver(() => removeKeys(place.settings.REDIS_URL!, `${KEY_PREFIX}:*`))
  return placeAt(environment)
}

/** The contract of services that run with EMBEDDER=lexical: text vectors of 384 dimensions. */
export function contractAt({ settings }: Place): StoreContract {
  return contractOf(settings, lexicalEmbedder())
}

export async function openStoreAt(place: Place): Promise<Store> {
  const { REDIS_URL: url, KEY_PREFIX: prefix } = place.settings
  return redisStore({ url: url!, prefix, contract: contractAt(place) })
}

export function openLogAt({ settings }: Place): ReturnType<typeof kafkaEventLog> {
  return kafkaEventLog({ brokers: settings.KAFKA_BROKERS!, clientId: 'bench' })
}

/** Not the broker's choice of moments: all topics are there before anything is measured. */
export async function createTopics(place: Place): Promise<void> {
  const log = openLogAt(place)
  await log.ensureTopics(topicSpecs(place.topics, place.settings.TOPIC_PARTITIONS))
  await log.close()
}

/** Its keys and topics are gone when all is over in any case: this is for whoever has filled the memory with them. */
export async function clearPlace({ settings, topics }: Place): Promise<void> {
  await removeKeys(settings.REDIS_URL!, `${settings.KEY_PREFIX}:*`)
  const admin = kafkaClient({ brokers: settings.KAFKA_BROKERS!, clientId: 'bench' }).admin()
  await admin.connect()
  const there = new Set(await admin.listTopics())
  await admin.deleteTopics({ topics: Object.values(topics).filter((topic) => there.has(topic)) })
  await admin.disconnect()
}

const KEYS_AT_ONCE = 1_000

async function removeKeys(url: string, pattern: string): Promise<void> {
  const redis = new Redis(url)
  const keys = await keysOf(redis, pattern)
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE)
    await redis.unlink(...keys.slice(start, start + KEYS_AT_ONCE))
  redis.disconnect()
}

export async function keysOf(redis: Redis, pattern: string): Promise<string[]> {
  const keys: string[] = []
  for await (const some of redis.scanStream({ match: pattern, count: KEYS_AT_ONCE }))
    keys.push(...(some as string[]))
  return keys
}
