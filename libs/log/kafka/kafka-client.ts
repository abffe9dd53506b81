import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ConnectionOptions } from 'node:tls'
import kafkajs, { CompressionTypes, Kafka, type SASLOptions } from 'kafkajs'
import snappyCodec from 'kafkajs-snappy'

// The registry belongs to kafkajs and is shared by all its clients; without the codec nothing compressed with snappy can be
// read. It is reached through the default export because Node does not find it among the names of a CommonJS module.
//
// kafkajs decodes a fetch of all partitions in one go. Uncompressing is where it can be made to wait: so between any two
// batches of records everything else has its turn.
kafkajs.CompressionCodecs[CompressionTypes.Snappy] = () => {
  const { compress, decompress } = snappyCodec()
  return {
    compress,
    async decompress(bytes: Buffer) {
      await nextTurn()
      return decompress(bytes)
    },
  }
}

export interface KafkaConnection {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Absent: the connection is not encrypted. */
  readonly ssl?: ConnectionOptions
  /** Absent: the brokers let anybody in. */
  readonly sasl?: SASLOptions
}

/** A kafkajs client that writes nothing to the console: its failures arrive as rejections and events.
 *  It tries a lost connection again for about two seconds; waiting longer is the caller's decision.
 *  A group's members must not share a client: kafkajs keeps one table of committed offsets per client and group. */
export function kafkaClient(connection: KafkaConnection, requestTimeoutMs = 10_000): Kafka {
  return new Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    ...(connection.ssl && { ssl: connection.ssl }),
    ...(connection.sasl && { sasl: connection.sasl }),
    connectionTimeout: 2_000,
    requestTimeout: requestTimeoutMs,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 4 },
    logCreator: () => () => undefined,
  })
}
