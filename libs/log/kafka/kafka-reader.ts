/* Reading outside any group. kafkajs fetches only for members of a group, and a group made for one reading costs a join
 * (three seconds with Kafka's default rebalance delay) and has to be deleted. But it hands its cluster connection to
 * partition assigners, documented and typed, and that connection fetches. The consumer it is got from never joins. */
import { type Cluster, PartitionAssigners } from 'kafkajs'
import type { LogRecord } from '../event-log.ts'
import { untilDeadline } from '../growing-pause.ts'
import type { PartitionBounds } from '../starting-offset.ts'
import { type AbortedTransaction, committedMessages, type FetchedMessage } from './committed-messages.ts'
import { type KafkaConnection, kafkaClient } from './kafka-client.ts'
import { isFinalFailure, kafkaFailure } from './kafka-failure.ts'
import { kafkaRecord } from './kafka-record.ts'

const patienceMs = 10_000
const maxWaitMs = 250
const readCommitted = 1

/** The part of a fetch response (`any` in kafkajs's types) that is read here. */
interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly messages: readonly FetchedMessage[]
      readonly abortedTransactions?: readonly AbortedTransaction[]
    }[]
  }[]
}

function ungroupedCluster(connection: KafkaConnection): Cluster {
  let cluster: Cluster | undefined
  kafkaClient(connection).consumer({
    groupId: `${connection.clientId}-ungrouped`,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster
        return PartitionAssigners.roundRobin(config)
      },
    ],
  })
  if (!cluster) throw new Error('kafkajs no longer makes its partition assigners when a consumer is made')
  return cluster
}

async function fetchFrom(
  cluster: Cluster,
  topic: string,
  partition: number,
  offset: number,
  maxBytes: number,
) {
  const leader = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0]
  const broker = await cluster.findBroker({ nodeId: leader ?? '' })
  const response: FetchResponse = await broker.fetch({
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes,
    isolationLevel: readCommitted,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes }] }],
  })
  return response.responses[0]?.partitions[0]
}

async function* readPartition(
  cluster: Cluster,
  { topic, partition, maxBytes }: { topic: string; partition: number; maxBytes: number },
  { start, end }: PartitionBounds,
): AsyncGenerator<LogRecord> {
  let position = start
  const fetchOrRefresh = () =>
    fetchFrom(cluster, topic, partition, position, maxBytes).catch(async (error: unknown) => {
      await cluster.refreshMetadata() // the leader may have changed
      throw error
    })
  while (position < end) {
    const deadline = performance.now() + patienceMs
    const fetched = await untilDeadline(fetchOrRefresh, { deadline, isFinal: isFinalFailure })
    // Whoever has read more than a quota allows is answered late, and without the partition.
    if (fetched === undefined) continue
    const last = fetched.messages.at(-1)
    if (!last) return // compaction or a transaction's end has left nothing up to the end
    for (const message of committedMessages(fetched.messages, fetched.abortedTransactions ?? [])) {
      const offset = Number(message.offset)
      // A fetch answers with whole record batches: the first may begin before the offset asked for.
      if (offset >= position && offset < end) yield kafkaRecord(topic, partition, message)
    }
    position = Number(last.offset) + 1
  }
}

/** Reads the partitions one after the other, each within its bounds, in pieces of about maxBytes.
 *  @throws HL_LOG_UNAVAILABLE when Kafka does not answer for ten seconds */
export async function* readTopic(
  connection: KafkaConnection,
  { topic, maxBytes }: { topic: string; maxBytes: number },
  bounds: ReadonlyMap<number, PartitionBounds>,
): AsyncGenerator<LogRecord> {
  const cluster = ungroupedCluster(connection)
  try {
    await cluster.connect()
    await cluster.addTargetTopic(topic)
    for (const [partition, range] of bounds)
      yield* readPartition(cluster, { topic, partition, maxBytes }, range)
  } catch (error) {
    throw kafkaFailure(error, `reading ${topic}`)
  } finally {
    await cluster.disconnect()
  }
}
