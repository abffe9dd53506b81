import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { lexicalEmbedder } from '../../libs/embedding/lexical-embedder.ts'
import { topicNames } from '../../libs/log/event-log.ts'
import { kafkaEventLog } from '../../libs/log/kafka/kafka-event-log.ts'
import { readSettings, type Settings } from '../../libs/settings/settings.ts'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import { contractOf } from '../../services/process/contract.ts'
import { startProcess } from '../../services/process/start-process.ts'
import type { Benchmark } from '../benchmark.ts'
import { chained, type Figure, figureOf, type Run } from '../figure.ts'
import { bareConsumption } from '../references/bare-consumption.ts'
import { bareStoring } from '../references/bare-storing.ts'
import { clusteredVectors, randomOf, zipf } from '../workload.ts'

const DIMENSION = 384
const PARTITIONS = 12
const APPEND_AT_ONCE = 10_000
const LOOK_EVERY_MS = 10

interface Size {
  readonly events: number
  readonly users: number
  readonly items: number
  readonly runs: number
}

const full: Size = { events: 1_000_000, users: 100_000, items: 20_000, runs: 3 }
const small: Size = { events: 40_000, users: 4_000, items: 2_000, runs: 2 }

/** Events from Kafka to states in Redis. The tracker runs in this process, whose CPU is counted. */
export const pipeline: Benchmark = {
  name: 'pipeline',
  measures: 'events a second from Kafka to states in Redis; CPU of the tracker; bytes a user in Redis',
  quickly: '40,000 events of 4,000 users and 2 runs, instead of 1,000,000 of 100,000 and 3',
  async run(bench) {
    const size = bench.quick ? small : full
    const { kafka, redis } = await bench.substrate()
    const settings = readSettings({
      KAFKA_BROKERS: kafka.address,
      REDIS_URL: redis.address,
      TOPIC_PREFIX: `bench-${randomUUID().slice(0, 8)}`,
      TOPIC_PARTITIONS: String(PARTITIONS),
      EMBEDDER: 'lexical',
      LOG_LEVEL: 'silent',
      PORT: '0',
    })
    bench.say(`writing ${size.events} events`)
    await writeEvents(settings, size)
    const rounds: Round[] = []
    for (let run = 0; run < size.runs; run++) {
      bench.say(`run ${run + 1} of ${size.runs}`)
      rounds.push(await round({ ...settings, KEY_PREFIX: `${settings.TOPIC_PREFIX}-${run}` }, size))
    }
    return figuresOf(rounds)
  },
}

interface Measured {
  readonly perSecond: number
  /** Of this process, µs an event. */
  readonly cpuMicros: number
}

interface Round {
  readonly tracked: Measured
  readonly consumed: Measured
  readonly stored: Measured
  readonly bytesPerUser: number
}

async function round(settings: Settings, size: Size): Promise<Round> {
  const redis = new Redis(settings.REDIS_URL!)
  try {
    await writeItems(settings, size)
    const topic = topicNames(settings.TOPIC_PREFIX).events
    const consumed = await bareConsumption(settings.KAFKA_BROKERS!, topic, size.events)
    const tracked = await trackAll(settings, redis, size.events)
    const bytesPerUser = await meanUserBytes(redis, settings.KEY_PREFIX)
    const stored = await bareStoring(redis, settings, size.events)
    return { tracked, consumed, stored, bytesPerUser }
  } finally {
    await removeAll(redis, settings.KEY_PREFIX)
    redis.disconnect()
  }
}

function figuresOf(rounds: readonly Round[]): Figure[] {
  const speeds = rounds.map(({ tracked, consumed, stored }): Run => {
    const limit = chained(consumed.perSecond, stored.perSecond)
    return {
      figure: tracked.perSecond,
      limit,
      references: { consumed: consumed.perSecond, stored: stored.perSecond },
    }
  })
  const cpu = rounds.map(({ tracked, consumed, stored }): Run => {
    const references = { consumed: consumed.cpuMicros, stored: stored.cpuMicros }
    return { figure: tracked.cpuMicros, limit: consumed.cpuMicros + stored.cpuMicros + 10, references }
  })
  const rawBytes = 3 * DIMENSION * 4
  const memory = rounds.map(
    ({ bytesPerUser }): Run => ({ figure: bytesPerUser, limit: rawBytes, references: { vectors: rawBytes } }),
  )
  return [
    figureOf('pipeline', 'events/s', { sense: 'at least', ratio: 0.8 }, speeds),
    figureOf('pipeline CPU', 'µs/event', { sense: 'at most', ratio: 1 }, cpu),
    figureOf('memory', 'bytes/user', { sense: 'at most', ratio: 1.3 }, memory),
  ]
}

async function writeEvents(settings: Settings, { events, users, items }: Size): Promise<void> {
  const log = kafkaEventLog({ brokers: settings.KAFKA_BROKERS!, clientId: 'bench' })
  const topic = topicNames(settings.TOPIC_PREFIX).events
  await log.ensureTopics([{ name: topic, partitions: PARTITIONS, compacted: false }])
  const random = randomOf(1)
  const [user, item] = [zipf(users, random), zipf(items, random)]
  const beganMs = Date.now() - events
  for (let start = 0; start < events; start += APPEND_AT_ONCE) {
    const records = Array.from({ length: Math.min(APPEND_AT_ONCE, events - start) }, (_, i) => {
      const userId = `user-${user()}`
      const event = {
        eventId: `event-${start + i}`,
        type: random() < 0.7 ? 'view' : 'click',
        userId,
        itemId: `item-${item()}`,
        occurredAt: new Date(beganMs + start + i).toISOString(),
        sessionId: `session-${userId}`,
        context: { country: 'NZ', device: 'phone' },
      }
      return { key: userId, value: Buffer.from(JSON.stringify(event)) }
    })
    await log.append(topic, records)
  }
  await log.close()
}

/** Vectors straight into the store: embedding is another benchmark. */
async function writeItems(settings: Settings, { items }: Size): Promise<void> {
  const contract = contractOf(settings, lexicalEmbedder())
  const store = await redisStore({ url: settings.REDIS_URL!, prefix: settings.KEY_PREFIX, contract })
  const vectors = clusteredVectors(items, DIMENSION, 40, 7)
  const facts = { description: '', category: '', tags: [], attributes: {}, available: true }
  const writes = vectors.map((vector, i) => {
    const itemId = `item-${i}`
    const item = { itemId, title: itemId, ...facts }
    const stored = { item, vectors: new Map([['text', vector]]), contentHash: itemId }
    return { itemId, stored, source: { partition: 0, offset: i } }
  })
  for (let start = 0; start < writes.length; start += 500)
    await store.writeItems(writes.slice(start, start + 500))
  await store.close()
}

/** From the first position seen to the last: joining the group is no part of it. */
async function trackAll(settings: Settings, redis: Redis, events: number): Promise<Measured> {
  const running = await startProcess({
    roles: ['tracker'],
    service: 'tracker',
    settings,
    onProgress: () => {},
  })
  try {
    const first = await untilPosition(redis, settings, 1)
    const last = await untilPosition(redis, settings, events)
    const tracked = last.position - first.position
    return {
      perSecond: (tracked / (last.atMs - first.atMs)) * 1_000,
      cpuMicros: (last.cpuMicros - first.cpuMicros) / tracked,
    }
  } finally {
    await running.closing.closeAll()
  }
}

async function untilPosition(redis: Redis, { KEY_PREFIX, TOPIC_PREFIX }: Settings, wanted: number) {
  const { events } = topicNames(TOPIC_PREFIX)
  const keys = Array.from({ length: PARTITIONS }, (_, p) => `${KEY_PREFIX}:partition:{${events}/${p}}`)
  for (;;) {
    const positions = await Promise.all(keys.map((key) => redis.hget(key, 'position')))
    const position = positions.reduce((sum, text) => sum + Number(text ?? 0), 0)
    const { user, system } = process.cpuUsage()
    if (position >= wanted) return { position, atMs: performance.now(), cpuMicros: user + system }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

async function meanUserBytes(redis: Redis, prefix: string): Promise<number> {
  const keys = await keysOf(redis, `${prefix}:user:*`)
  // All fields: by default Redis looks at five of them and guesses the rest.
  const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)))
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) / keys.length
}

async function removeAll(redis: Redis, prefix: string): Promise<void> {
  const keys = await keysOf(redis, `${prefix}:*`)
  for (let start = 0; start < keys.length; start += 1_000)
    await redis.unlink(...keys.slice(start, start + 1_000))
}

export async function keysOf(redis: Redis, pattern: string): Promise<string[]> {
  const keys: string[] = []
  for await (const some of redis.scanStream({ match: pattern, count: 1_000 }))
    keys.push(...(some as string[]))
  return keys
}
