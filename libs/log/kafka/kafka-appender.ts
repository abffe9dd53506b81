/* Why kafkajs may not repeat a request itself, and why its idempotent producer is not used (kafkajs 2.2.4):
 * - Its repetition passes over brokers that have answered already. When a partition has moved to one of those in the
 *   meantime, the partition's records are never sent, and the send resolves all the same. So a failed run is sent anew as
 *   a whole: at least once, never lost.
 * - Its idempotent producer insists on that repetition, and gives the sequence numbers of a failed request to the next
 *   one; if the failed request had arrived, the broker takes the next for its duplicate and drops it.
 * A repeated record is caught where events are applied, by its event id. */
import { CompressionTypes, type Message, Partitioners } from 'kafkajs'
import type { EventLog, NewRecord } from '../event-log.ts'
import { untilDeadline } from '../growing-pause.ts'
import { type AppendQueue, appendQueue } from './append-queue.ts'
import { type KafkaConnection, kafkaClient } from './kafka-client.ts'
import { isFinalFailure, kafkaFailure } from './kafka-failure.ts'
import { METADATA_MAX_AGE_MS } from './kafka-subscription.ts'

const patienceMs = 10_000
const requestTimeoutMs = 5_000
const maxWaitingRecords = 100_000
const maxWaitingBytes = 64_000_000

function messageOf({ key, value, headers, timestampMs }: NewRecord): Message {
  return {
    key,
    value,
    ...(headers && { headers: { ...headers } }),
    ...(timestampMs !== undefined && { timestamp: String(timestampMs) }),
  }
}

export interface KafkaAppender {
  append: EventLog['append']
  close(): Promise<void>
}

/** Appends with all in-sync replicas acknowledging, snappy-compressed, keys placed as Kafka's own clients place them. */
export function kafkaAppender(
  connection: KafkaConnection,
  maxBatchBytes: number,
  onTrouble: (failure: unknown) => void = () => {},
): KafkaAppender {
  const closing = new AbortController()
  const producer = kafkaClient(connection, requestTimeoutMs).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    // Keys move when partitions are added. The sooner all writers know, the less of a user lies in two places.
    metadataMaxAge: METADATA_MAX_AGE_MS,
    retry: { retries: 0 },
  })

  async function sendOnce(topic: string, run: readonly NewRecord[]): Promise<void> {
    await producer.connect() // does nothing while a connection stands
    await producer.send({
      topic,
      acks: -1,
      timeout: requestTimeoutMs,
      compression: CompressionTypes.Snappy,
      messages: run.map(messageOf),
    })
  }

  /** Without how many records it was about: as long as Kafka is away the words are the same. */
  function tell(error: unknown, topic: string): never {
    const failure = kafkaFailure(error, `appending to ${topic}`)
    if (failure.code === 'HL_LOG_UNAVAILABLE') onTrouble(failure)
    throw error
  }

  const topicQueue = (topic: string): AppendQueue =>
    appendQueue({
      async send(run, deadline) {
        const patience = { deadline, signal: closing.signal, isFinal: isFinalFailure }
        const attempt = () => sendOnce(topic, run).catch((error) => tell(error, topic))
        try {
          await untilDeadline(attempt, patience)
        } catch (error) {
          throw kafkaFailure(error, `appending ${run.length} records to ${topic}`)
        }
      },
      maxBatchBytes,
      maxWaitingRecords,
      maxWaitingBytes,
      patienceMs,
    })

  // One for each topic, so that a topic that cannot be written to holds up no other.
  const queues = new Map<string, AppendQueue>()

  return {
    async append(topic, records) {
      const queue = queues.get(topic) ?? topicQueue(topic)
      queues.set(topic, queue)
      await queue.append(records)
    },
    async close() {
      closing.abort()
      await Promise.all([...queues.values()].map((queue) => queue.drained()))
      await producer.disconnect()
    },
  }
}
