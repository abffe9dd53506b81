import type { EventLog, LogRecord, Subscription } from '../event-log.ts'
import { type PartitionBounds, startingOffsets } from '../starting-offset.ts'
import { kafkaAppender } from './kafka-appender.ts'
import type { KafkaConnection } from './kafka-client.ts'
import { readTopic } from './kafka-reader.ts'
import { kafkaSubscription } from './kafka-subscription.ts'
import { kafkaTopics } from './kafka-topics.ts'

export interface KafkaEventLogOptions extends KafkaConnection {
  /** Of topics that `ensureTopics` creates. @default -1, the broker's own default (Kafka 2.4 and later) */
  readonly replicationFactor?: number
  /** Batches of different partitions handled at the same time, in each subscription. @default 3 */
  readonly partitionsConsumedConcurrently?: number
  /** A member that is silent for so long loses its partitions, in ms. @default 30_000 */
  readonly sessionTimeoutMs?: number
  /** Bytes of one append request, and about those of one batch read. Stay well below the topic's max.message.bytes (Kafka's
   *  default is 1 MiB); a single larger record is tried on its own. @default 524_288 */
  readonly maxBatchBytes?: number
  /** Told of each failure of Kafka, of every subscription and of every try to append; of what else a batch failed for only
   *  the subscription is. */
  readonly onTrouble?: (error: unknown) => void
}

function noSuchPartition(topic: string, partition: number): never {
  throw new Error(`Kafka has assigned ${topic}[${partition}], which it does not list`)
}

/** The event log over Kafka. Connects when first used: making one never fails, and neither does `subscribe`, which waits
 *  for brokers and topics to appear. `append` rejects after about ten seconds without an answer. */
export function kafkaEventLog(options: KafkaEventLogOptions): EventLog {
  const { replicationFactor = -1, maxBatchBytes = 512 * 1024 } = options
  const { partitionsConsumedConcurrently = 3, sessionTimeoutMs = 30_000 } = options
  const settings = { partitionsConsumedConcurrently, sessionTimeoutMs, maxBatchBytes }
  const appender = kafkaAppender(options, maxBatchBytes, options.onTrouble)
  const topics = kafkaTopics(options, replicationFactor)
  const subscriptions = new Set<Subscription>()
  const startingOffset = startingOffsets(boundsOf)

  async function boundsOf(topic: string, partition: number): Promise<PartitionBounds> {
    return (await topics.bounds(topic)).get(partition) ?? noSuchPartition(topic, partition)
  }

  async function* read(topic: string, fromOffsets?: ReadonlyMap<number, number>): AsyncGenerator<LogRecord> {
    const bounds = [...(await topics.bounds(topic))].map(([partition, { start, end }]) => {
      const from = Math.max(start, fromOffsets?.get(partition) ?? 0)
      return [partition, { start: from, end }] as const
    })
    if (bounds.length > 0) yield* readTopic(options, { topic, maxBytes: maxBatchBytes }, new Map(bounds))
  }

  return {
    ensureTopics: topics.ensure,
    append: appender.append,
    async subscribe(subscription) {
      const onKafkaTrouble = options.onTrouble
      const member = kafkaSubscription({
        connection: options,
        subscription,
        settings,
        boundsOf,
        startingOffset,
        onKafkaTrouble,
      })
      subscriptions.add(member)
      return {
        async close() {
          await member.close()
          subscriptions.delete(member)
        },
      }
    },
    async endOffsets(topic) {
      const bounds = await topics.bounds(topic)
      return new Map([...bounds].map(([partition, { end }]) => [partition, end]))
    },
    committedOffsets: topics.committed,
    read,
    ping: topics.ping,
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.close()))
      await Promise.all([appender.close(), topics.close()])
    },
  }
}
