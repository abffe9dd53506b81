import kafkajs, { type Admin } from 'kafkajs'
import type { EpochMs } from '../../interest/time.ts'
import type { TopicNames } from '../event-log.ts'
import { type KafkaConnection, kafkaClient } from './kafka-client.ts'
import { kafkaFailure } from './kafka-failure.ts'
import { kafkaRelease } from './kafka-release.ts'

/** What can be seen of a Kafka without changing anything in it. */
export interface KafkaExamination {
  readonly brokers: number
  readonly release: string | undefined
  /** Those that are there, of the topics asked for. */
  readonly topics: readonly ExaminedTopic[]
  readonly groups: readonly ExaminedGroup[]
  /** Partitions of the events topic that hold records from after the time asked about. */
  readonly fromFuture: number
}

export interface ExaminedTopic {
  readonly name: string
  readonly partitions: number
  /** Of the partition that has the fewest. */
  readonly replicas: number
  /** Partitions of which a replica is not in step. */
  readonly underReplicated: number
  readonly compacted: boolean
  /** How long a compacted topic tells of a key that it was removed; undefined: for good. */
  readonly removalsMs: number | undefined
  /** undefined: records are kept for good. */
  readonly retentionMs: number | undefined
  /** Of each partition; undefined: without limit. */
  readonly retentionBytes: number | undefined
}

export interface ExaminedGroup {
  readonly name: string
  readonly topic: string
  readonly members: number
  /** Records not yet committed. */
  readonly lag: number
}

export interface KafkaQuestion {
  readonly topics: TopicNames
  /** Groups, and the topics that each reads. */
  readonly groups: readonly { readonly name: string; readonly topics: readonly string[] }[]
  readonly futureFromMs: EpochMs
}

/** @throws HL_LOG_UNAVAILABLE, HL_SETTING for a password or certificate that is refused */
export async function examineKafka(
  connection: KafkaConnection,
  question: KafkaQuestion,
): Promise<KafkaExamination> {
  const admin = kafkaClient(connection).admin()
  try {
    await admin.connect()
    const existing = new Set(await admin.listTopics())
    const names = Object.values(question.topics).filter((name) => existing.has(name))
    const wanted = question.groups.flatMap(({ name, topics }) =>
      topics.filter((topic) => existing.has(topic)).map((topic) => ({ name, topic })),
    )
    return {
      brokers: (await admin.describeCluster()).brokers.length,
      release: await kafkaRelease(connection),
      topics: names.length === 0 ? [] : await examinedTopics(admin, names),
      groups: await Promise.all(wanted.map((group) => examinedGroup(admin, group))),
      fromFuture: existing.has(question.topics.events)
        ? await partitionsAfter(admin, question.topics.events, question.futureFromMs)
        : 0,
    }
  } catch (error) {
    throw kafkaFailure(error, 'being examined')
  } finally {
    await admin.disconnect()
  }
}

async function examinedTopics(admin: Admin, names: string[]): Promise<ExaminedTopic[]> {
  const [{ topics }, { resources }] = await Promise.all([
    admin.fetchTopicMetadata({ topics: names }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    }),
  ])
  return topics.map(({ name, partitions }) => {
    const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? []
    const entryOf = (key: string) => entries.find(({ configName }) => configName === key)?.configValue
    const limit = (key: string) => {
      const value = Number(entryOf(key) ?? -1)
      return value < 0 ? undefined : value
    }
    return {
      name,
      partitions: partitions.length,
      replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      underReplicated: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
      compacted: entryOf('cleanup.policy')?.includes('compact') === true,
      removalsMs: limit('delete.retention.ms'),
      retentionMs: limit('retention.ms'),
      retentionBytes: limit('retention.bytes'),
    }
  })
}

async function examinedGroup(
  admin: Admin,
  { name, topic }: Pick<ExaminedGroup, 'name' | 'topic'>,
): Promise<ExaminedGroup> {
  const [{ groups }, [committed], offsets] = await Promise.all([
    admin.describeGroups([name]),
    admin.fetchOffsets({ groupId: name, topics: [topic] }),
    admin.fetchTopicOffsets(topic),
  ])
  const next = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  const lags = offsets.map(({ partition, low, high }) => {
    // A group without a commit, which kafkajs gives as −1, begins at what the log still holds.
    return Number(high) - Math.max(Number(low), next.get(partition) ?? 0)
  })
  return {
    name,
    topic,
    members: groups[0]?.members.length ?? 0,
    lag: lags.reduce((sum, lag) => sum + lag, 0),
  }
}

async function partitionsAfter(admin: Admin, topic: string, timeMs: EpochMs): Promise<number> {
  const [found, ends] = await Promise.all([
    admin.fetchTopicOffsetsByTimestamp(topic, timeMs),
    admin.fetchTopicOffsets(topic),
  ])
  // Where no record is as late, kafkajs answers with the partition's end.
  return found.filter(({ partition, offset }) => {
    const end = ends.find((each) => each.partition === partition)?.high ?? offset
    return Number(offset) < Number(end)
  }).length
}
