import type { Admin, ITopicConfig } from 'kafkajs'
import type { TopicSpec } from '../event-log.ts'
import { untilDeadline } from '../growing-pause.ts'
import { missingTopics } from '../missing-topics.ts'
import type { PartitionBounds } from '../starting-offset.ts'
import { type KafkaConnection, kafkaClient } from './kafka-client.ts'
import { kafkaFailure } from './kafka-failure.ts'
import { removalEntries } from './removal-entries.ts'

const leadersWithinMs = 30_000

export interface KafkaTopics {
  ensure(topics: readonly TopicSpec[]): Promise<void>
  /** By partition; an absent topic has none. */
  bounds(topic: string): Promise<Map<number, PartitionBounds>>
  committed(group: string, topic: string): Promise<Map<number, number>>
  ping(topics?: readonly string[]): Promise<void>
  close(): Promise<void>
}

function topicConfig(
  { name, partitions, compacted, mostBytes }: TopicSpec,
  replicationFactor: number,
): ITopicConfig {
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: [
      ...(compacted ? [{ name: 'cleanup.policy', value: 'compact' }, ...removalEntries] : []),
      ...(mostBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(mostBytes) }]),
    ],
  }
}

/** A topic that was just created, here or by another process, is listed before its partitions have leaders, and has leaders
 *  before these know of it. Asking the leaders for their offsets is the proof. */
async function waitForLeaders(admin: Admin, topics: readonly string[]): Promise<void> {
  const deadline = performance.now() + leadersWithinMs
  for (const topic of topics) await untilDeadline(() => admin.fetchTopicOffsets(topic), { deadline })
}

async function createMissing(
  admin: Admin,
  topics: readonly TopicSpec[],
  replicationFactor: number,
): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter(({ name }) => !existing.has(name))
  if (missing.length > 0) {
    // kafkajs's own waiting for leaders races on KRaft. A topic that another process creates meanwhile is no error.
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map((topic) => topicConfig(topic, replicationFactor)),
    })
  }
  await waitForLeaders(
    admin,
    topics.map(({ name }) => name),
  )
}

/** Topics and offsets over one administrative connection, opened at the first question.
 *  Everything throws HL_LOG_UNAVAILABLE when Kafka does not answer. */
export function kafkaTopics(connection: KafkaConnection, replicationFactor: number): KafkaTopics {
  const admin = kafkaClient(connection).admin()

  async function ask<T>(doing: string, question: () => Promise<T>): Promise<T> {
    try {
      await admin.connect() // does nothing while a connection stands
      return await question()
    } catch (error) {
      throw kafkaFailure(error, doing)
    }
  }

  /** kafkajs asks about a topic that does not exist again and again; this spares the seconds. */
  async function exists(topic: string): Promise<boolean> {
    return (await admin.listTopics()).includes(topic)
  }

  return {
    ensure: (topics) => ask('creating topics', () => createMissing(admin, topics, replicationFactor)),
    bounds: (topic) =>
      ask(`reading the offsets of ${topic}`, async () => {
        if (!(await exists(topic))) return new Map()
        const offsets = await admin.fetchTopicOffsets(topic)
        offsets.sort((a, b) => a.partition - b.partition)
        return new Map(
          offsets.map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]),
        )
      }),
    committed: (group, topic) =>
      ask(`reading the commits of ${group}`, async () => {
        if (!(await exists(topic))) return new Map()
        const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
        const committed = (offsets?.partitions ?? []).map(
          ({ partition, offset }) => [partition, Number(offset)] as const,
        )
        return new Map(committed.filter(([, offset]) => offset >= 0)) // negative: none, or reset to an end
      }),
    ping: (topics = []) =>
      ask('answering', async () => {
        const existing = new Set(await admin.listTopics())
        const missing = topics.filter((topic) => !existing.has(topic))
        if (missing.length > 0) throw missingTopics('Kafka', missing)
      }),
    close: () => admin.disconnect(),
  }
}
