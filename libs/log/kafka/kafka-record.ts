import type { IHeaders, KafkaMessage } from 'kafkajs'
import type { LogRecord } from '../event-log.ts'

/** Kafka allows a header's name to be repeated; the last one counts. */
function headersOf(headers: IHeaders | undefined): Record<string, Buffer> {
  const entries = Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value
    return last === undefined ? [] : [[name, Buffer.from(last)] as const]
  })
  return Object.fromEntries(entries)
}

export function kafkaRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers),
  }
}
