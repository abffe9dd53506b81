import type { IHeaders, KafkaMessage } from 'kafkajs'
import type { LogRecord } from '../event-log.ts'

const NO_HEADERS: Readonly<Record<string, Buffer>> = Object.freeze({})

/** Kafka allows a header's name to be repeated; the last one counts. It also allows one without a value, which kafkajs
 *  gives as null, whatever its types say. Most records have none at all. */
function headersOf(headers: IHeaders | undefined): Readonly<Record<string, Buffer>> {
  const names = headers === undefined ? [] : Object.keys(headers)
  if (names.length === 0) return NO_HEADERS
  const entries = names.flatMap((name) => {
    const value = headers?.[name]
    const last = Array.isArray(value) ? value.at(-1) : value
    return last == null ? [] : [[name, Buffer.from(last)] as const]
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
