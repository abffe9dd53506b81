import { sourceOf } from '../../../libs/event/replayed-record.ts'
import type { EventLog, LogRecord } from '../../../libs/log/event-log.ts'
import { LEFT_OUT_HEADER, ORIGINAL_HEADER } from '../../tracker/dead-letter.ts'

/** A record that a tracker set aside, read back; services/tracker/dead-letter.ts writes it. */
export interface DeadLetter {
  /** Its source: `topic/partition/offset`. */
  readonly key: string
  readonly code: string
  readonly reason: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** The log's time for the original record, ms since the epoch. */
  readonly timestampMs: number
  /** undefined: the original record had none. */
  readonly originalKey: string | undefined
  readonly originalHeaders: Readonly<Record<string, string>>
  readonly value: Buffer | null
  /** Of the value, which was left out with key and headers, as all of it was too large; undefined: nothing was. */
  readonly leftOutBytes: number | undefined
  /** Where the record lay when it came first: a dead letter that was put back and failed again has another key, and the
   *  same origin. */
  readonly origin: string
  /** As they are in the dead-letter topic. */
  readonly headers: Readonly<Record<string, string>>
}

/** The dead letters of the topic, oldest first; one that was set aside twice, by a batch that came again, twice. Records
 *  that no tracker wrote are passed over. */
export async function* readDeadLetters(log: EventLog, topic: string): AsyncGenerator<DeadLetter> {
  for await (const record of log.read(topic)) {
    const letter = deadLetterFrom(record)
    if (letter !== undefined) yield letter
  }
}

function deadLetterFrom(record: LogRecord): DeadLetter | undefined {
  const headers = Object.fromEntries(
    Object.entries(record.headers).map(([name, value]) => [name, value.toString()]),
  )
  const { 'halflife-topic': topic, 'halflife-code': code, 'halflife-timestamp': time } = headers
  if (record.key === null || topic === undefined || code === undefined || time === undefined) return undefined
  const key = record.key.toString()
  const originals = Object.entries(record.headers).flatMap(([name, value]) =>
    name.startsWith(ORIGINAL_HEADER) ? [[name.slice(ORIGINAL_HEADER.length), value] as const] : [],
  )
  return {
    key,
    code,
    reason: headers['halflife-reason'] ?? '',
    topic,
    partition: Number(headers['halflife-partition']),
    offset: Number(headers['halflife-offset']),
    timestampMs: Date.parse(time),
    originalKey: headers['halflife-key'],
    originalHeaders: Object.fromEntries(originals.map(([name, value]) => [name, value.toString()])),
    value: record.value,
    leftOutBytes: headers[LEFT_OUT_HEADER] === undefined ? undefined : Number(headers[LEFT_OUT_HEADER]),
    origin: sourceOf({ headers: Object.fromEntries(originals) }) ?? key,
    headers,
  }
}
