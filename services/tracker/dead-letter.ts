import type { HalflifeError } from '../../libs/errors/halflife-error.ts'
import type { EventLog, LogRecord, NewRecord } from '../../libs/log/event-log.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

/** Original headers go under this and their own name. */
export const ORIGINAL_HEADER = 'halflife-header-'

/** A record that cannot be understood, and why. */
export interface Undecodable {
  readonly record: LogRecord
  readonly error: HalflifeError
}

/** Sets records aside in the dead-letter topic, with their bytes as they were, so that one bad record never stops a
 *  partition. A batch delivered again sets its dead letters aside again under the same key: the source's place. */
export async function setAside(
  undecodable: readonly Undecodable[],
  log: EventLog,
  deadLetterTopic: string,
  say: TrackerTelemetry,
): Promise<void> {
  if (undecodable.length === 0) return
  await log.append(deadLetterTopic, undecodable.map(deadLetterOf))
  for (const { record, error } of undecodable) say.recordDeadLettered(record, error.code)
}

function deadLetterOf({ record, error }: Undecodable): NewRecord {
  const original = Object.entries(record.headers).map(([name, value]) => [
    ORIGINAL_HEADER + name,
    value.toString(),
  ])
  return {
    key: `${record.topic}/${record.partition}/${record.offset}`,
    value: record.value,
    headers: {
      ...Object.fromEntries(original),
      'halflife-code': error.code,
      'halflife-reason': error.message,
      'halflife-topic': record.topic,
      'halflife-partition': String(record.partition),
      'halflife-offset': String(record.offset),
      'halflife-timestamp': new Date(record.timestampMs).toISOString(),
      ...(record.key !== null && { 'halflife-key': record.key.toString() }),
    },
  }
}
