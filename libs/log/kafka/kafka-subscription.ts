import { once } from 'node:events'
import type { Consumer } from 'kafkajs'
import { isHalflifeError } from '../../errors/halflife-error.ts'
import type { Subscription, SubscriptionOptions } from '../event-log.ts'
import { growingPause, untilItSucceeds } from '../growing-pause.ts'
import type { PartitionBounds, StartingOffset } from '../starting-offset.ts'
import { batchHandler } from './batch-handler.ts'
import { type KafkaConnection, kafkaClient } from './kafka-client.ts'
import { kafkaFailure } from './kafka-failure.ts'
import { partitionPositions } from './partition-positions.ts'

export interface ConsumerSettings {
  readonly partitionsConsumedConcurrently: number
  readonly sessionTimeoutMs: number
  readonly maxBatchBytes: number
}

export interface KafkaSubscriptionOptions {
  readonly connection: KafkaConnection
  readonly subscription: SubscriptionOptions
  readonly settings: ConsumerSettings
  readonly boundsOf: (topic: string, partition: number) => Promise<PartitionBounds>
  readonly startingOffset: StartingOffset
  /** Told of what Kafka failed at, besides the subscription's own `onTrouble`, which is told of every failure. */
  readonly onKafkaTrouble?: ((error: unknown) => void) | undefined
}

/** How old a member's knowledge of a topic's partitions may grow: so soon added ones are taken up. kafkajs's default is
 *  five minutes. */
export const METADATA_MAX_AGE_MS = 5_000
/** A fetch waits so long for records. kafkajs's default of 5 s would hold up seeking, pausing and closing as long. */
const maxWaitMs = 250
/** A tenth of the session: a member must miss many before it is taken for dead. */
const heartbeatsPerSession = 10

function makeConsumer({ connection, subscription, settings }: KafkaSubscriptionOptions): Consumer {
  return kafkaClient(connection).consumer({
    groupId: subscription.group,
    allowAutoTopicCreation: false,
    sessionTimeout: settings.sessionTimeoutMs,
    heartbeatInterval: settings.sessionTimeoutMs / heartbeatsPerSession,
    maxBytesPerPartition: settings.maxBatchBytes,
    maxWaitTimeInMs: maxWaitMs,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 2_000,
      factor: 0.2,
      multiplier: 2,
      retries: 8,
      // kafkajs restarts after some failures only; starting anew below covers them all.
      restartOnFailure: async () => false,
    },
  })
}

function crashOf(consumer: Consumer): Promise<never> {
  const crash = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  })
  crash.catch(() => undefined) // it may come after the failure that ends the consumer
  return crash
}

/** Consumes until `closed` resolves; rejects when kafkajs has given up, or cannot begin. */
async function consume(
  options: KafkaSubscriptionOptions,
  closed: Promise<unknown>,
  onJoined: () => void,
): Promise<void> {
  const { subscription, settings, boundsOf, startingOffset, onKafkaTrouble } = options
  const onTrouble = (error: unknown) => {
    // A handler may have failed at the log, too. HL_SETTING is not Kafka's alone; of Kafka, the consumer itself meets it.
    if (isHalflifeError(error, 'HL_LOG_UNAVAILABLE')) onKafkaTrouble?.(error)
    subscription.onTrouble?.(error)
  }
  const consumer = makeConsumer(options)
  const positions = partitionPositions({ consumer, subscription, startingOffset, onTrouble })
  const crash = crashOf(consumer)
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    onJoined()
    positions.assign(payload.memberAssignment)
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...subscription.topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: settings.partitionsConsumedConcurrently,
      eachBatch: batchHandler({
        subscription,
        positions,
        boundsOf,
        heartbeatMs: settings.sessionTimeoutMs / heartbeatsPerSession,
        onTrouble,
      }),
    })
    await Promise.race([crash, closed])
  } finally {
    positions.stop()
    await consumer.disconnect() // finishes the batches in hand, which commit themselves
  }
}

/** A member of a group that goes on for ever: whatever ends kafkajs's consumer (brokers missing at the start or lost later,
 *  a topic not known yet, a failure that kafkajs takes for final) is reported, and a new one is begun after a pause. */
export function kafkaSubscription(options: KafkaSubscriptionOptions): Subscription {
  const closing = new AbortController()
  const pause = growingPause()
  const closed = once(closing.signal, 'abort')
  const attempt = () => consume(options, closed, pause.reset)
  const { subscription, onKafkaTrouble } = options
  const onTrouble = (error: unknown) => {
    const failure = kafkaFailure(error, `consuming ${subscription.topics.join(', ')}`)
    onKafkaTrouble?.(failure)
    subscription.onTrouble?.(failure)
  }
  const consuming = untilItSucceeds(attempt, { pause, signal: closing.signal, onTrouble })
  return {
    async close() {
      closing.abort()
      await consuming
    },
  }
}
