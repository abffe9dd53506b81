import type { ConnectionOptions } from 'node:tls'
import { Kafka, type SASLOptions } from 'kafkajs'
import './compression-codecs.ts'

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
