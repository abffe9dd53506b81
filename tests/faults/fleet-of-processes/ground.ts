import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { lexicalEmbedder } from '../../../libs/embedding/lexical-embedder.ts'
import {
  type EventLog,
  type LogRecord,
  type TopicNames,
  topicNames,
  topicSpecs,
} from '../../../libs/log/event-log.ts'
import { kafkaEventLog } from '../../../libs/log/kafka/kafka-event-log.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import { redisStore } from '../../../libs/store/redis/redis-store.ts'
import type { Store, StoreContract } from '../../../libs/store/store.ts'
import { boundsOf, contractOf } from '../../../services/process/contract.ts'
import type { WhenOver } from '../../integration/running-halflife.ts'
import { quickComeback, startNativeKafka } from '../../substrate/kafka-native.ts'
import { startRedisCluster } from '../../substrate/redis-cluster.ts'
import { startNativeRedis } from '../../substrate/redis-native.ts'
import type { NativeService } from '../../substrate/running-service.ts'
import { type ReadLog, readHistories } from './recomputation.ts'
import { checkStates, type StateCheck, vectorsOfItems } from './state-check.ts'

/** Shorter than anybody would choose, so that many zombies fit into a test. */
export const SESSION_TIMEOUT_MS = 2_000
const PREFIX = 'fleet'

interface RedisGround {
  /** As REDIS_URL. */
  readonly redisUrl: string
  /** One, or the nodes of a cluster. */
  readonly redisServers: readonly NativeService[]
  /** The data folder of the one; nothing lies there of a cluster. */
  readonly redisDir: string
}

/** A Kafka and a Redis, or a Redis Cluster, of the test's own, and its own way to both, past all proxies. */
export interface Ground extends RedisGround {
  readonly kafka: NativeService
  /** Of the trackers, without REDIS_URL. */
  readonly environment: Readonly<Record<string, string>>
  readonly log: EventLog
  readonly store: Store
  readonly topics: TopicNames
  readonly contract: StoreContract
  readonly group: string
  /** By partition of the events topic, how many of its records the store has applied. */
  positions(): Promise<Map<number, number>>
  /** Records of items and events that the store has not applied. */
  behind(): Promise<number>
  /** Resolves when the store has applied all that is in the log by then. */
  drained(withinMs: number): Promise<void>
  /** Reads everything back and compares. */
  check(): Promise<{ log: ReadLog; states: StateCheck }>
}

export async function openGround(
  partitions: number,
  whenOver: WhenOver,
  { cluster = false }: { readonly cluster?: boolean } = {},
): Promise<Ground> {
  const redisDir = await mkdtemp(join(tmpdir(), 'halflife-fleet-redis-'))
  whenOver(() => rm(redisDir, { recursive: true, force: true, maxRetries: 3 }))
  // With everysec a server that waits for a slow disk answers up to 2 s before it has written: killed then, it comes back
  // older, which one server and its trackers heal, and a cluster does not (docs/reliability.md).
  const settingsOfRedis = { appendfsync: cluster ? 'always' : 'everysec' }
  const startRedis = async () => {
    if (cluster) {
      const { address, nodes } = await startRedisCluster(settingsOfRedis)
      return { redisUrl: address, redisServers: nodes }
    }
    const server = await startNativeRedis({ dir: redisDir, appendonly: true, settings: settingsOfRedis })
    return { redisUrl: server.address, redisServers: [server] }
  }
  const [kafka, { redisUrl, redisServers }] = await Promise.all([
    startNativeKafka({ settings: { ...quickComeback, 'group.min.session.timeout.ms': '1000' } }),
    startRedis(),
  ])
  whenOver(() => kafka.stop())
  for (const server of redisServers) whenOver(() => server.stop())
  const environment = {
    KAFKA_BROKERS: kafka.address,
    KAFKA_SESSION_TIMEOUT: String(SESSION_TIMEOUT_MS / 1_000),
    TOPIC_PREFIX: PREFIX,
    KEY_PREFIX: PREFIX,
    TOPIC_PARTITIONS: String(partitions),
    WAITING_EVENTS: '1000',
  }
  const settings = readSettings(environment)
  const contract = contractOf(settings, lexicalEmbedder())
  const log = kafkaEventLog({ brokers: [kafka.address], clientId: 'fault-test' })
  whenOver(() => log.close())
  const topics = topicNames(PREFIX)
  await log.ensureTopics(topicSpecs(topics, partitions))
  const store = await redisStore({ url: redisUrl, prefix: PREFIX, contract, onTrouble: () => {} })
  whenOver(() => store.close())
  const place = { kafka, redisUrl, redisServers, redisDir, environment }
  const opened = { log, store, topics, contract, group: `${PREFIX}-events` }
  return { ...place, ...opened, ...measures({ ...opened, bounds: boundsOf(settings) }) }
}

interface Opened extends Pick<Ground, 'log' | 'store' | 'topics' | 'contract'> {
  readonly bounds: ReturnType<typeof boundsOf>
}

function measures({ log, store, topics, contract, bounds }: Opened) {
  async function positionsIn(topic: string): Promise<Map<number, number>> {
    const states = (await store.readPartitions()).filter((state) => state.topic === topic)
    return new Map(states.map(({ partition, position }) => [partition, position]))
  }

  /** By the store's account: the group's commit may stay behind a crash for as long as nothing new comes. */
  async function behind(): Promise<number> {
    let records = 0
    for (const topic of [topics.items, topics.events]) {
      const [ends, positions] = [await log.endOffsets(topic), await positionsIn(topic)]
      for (const [partition, end] of ends) records += end - (positions.get(partition) ?? 0)
    }
    return records
  }

  async function readAll(topic: string): Promise<LogRecord[]> {
    const records: LogRecord[] = []
    for await (const record of log.read(topic)) records.push(record)
    return records
  }

  return {
    positions: () => positionsIn(topics.events),
    behind,
    async drained(withinMs: number) {
      await vi.waitFor(async () => expect(await behind()).toBe(0), { timeout: withinMs, interval: 250 })
    },
    async check() {
      const history = readHistories(await readAll(topics.events))
      const vectors = await vectorsOfItems(await readAll(topics.items))
      const rules = {
        timescales: contract.shape.timescales,
        vectorOf: (itemId: string) => vectors.get(itemId),
        dimension: contract.shape.spaces[0]!.dimension,
        remembered: bounds.remembered,
        seen: bounds.seen,
      }
      return { log: history, states: await checkStates(store, contract.shape, history, rules) }
    },
  }
}
