import { type HalflifeError, isHalflifeError } from '../../libs/errors/halflife-error.ts'
import type { EventLog, LogRecord, NewRecord } from '../../libs/log/event-log.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

/** Original headers go under this and their own name. */
export const ORIGINAL_HEADER = 'halflife-header-'
/** How many bytes the value has that was left out, as the topic does not take so large a record. */
export const LEFT_OUT_HEADER = 'halflife-left-out'
const MOST_REASON_LENGTH = 1_000
/** That can be written: of a record that was given nanoseconds. */
const LATEST_TIME_MS = 8.64e15

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
  await appendLetters(undecodable, log, deadLetterTopic)
  for (const { record, error } of undecodable) say.recordDeadLettered(record, error.code)
}

async function appendLetters(
  undecodable: readonly Undecodable[],
  log: EventLog,
  topic: string,
): Promise<void> {
  try {
    await log.append(topic, undecodable.map(deadLetterOf))
  } catch (error) {
    if (!isHalflifeError(error, 'HL_BODY_TOO_LARGE')) throw error
    if (undecodable.length === 1) return log.append(topic, [bareLetterOf(undecodable[0]!)])
    for (const each of undecodable) await appendLetters([each], log, topic)
  }
}

function deadLetterOf({ record, error }: Undecodable): NewRecord {
  const original = Object.entries(record.headers).map(([name, value]) => [
    ORIGINAL_HEADER + name,
    value.toString(),
  ])
  return {
    key: placeOf(record),
    value: record.value,
    headers: {
      ...Object.fromEntries(original),
      ...whyAndWhence(record, error.code, error.message),
      ...(record.key !== null && { 'halflife-key': record.key.toString() }),
    },
  }
}

/** Without anything of the record that could be large: its place says where all of it lies. */
function bareLetterOf({ record, error }: Undecodable): NewRecord {
  return {
    key: placeOf(record),
    value: null,
    headers: {
      ...whyAndWhence(record, error.code, error.message.slice(0, MOST_REASON_LENGTH)),
      [LEFT_OUT_HEADER]: String(record.value?.length ?? 0),
    },
  }
}

function placeOf({ topic, partition, offset }: LogRecord): string {
  return `${topic}/${partition}/${offset}`
}

function whyAndWhence(record: LogRecord, code: string, reason: string): Record<string, string> {
  return {
    'halflife-code': code,
    'halflife-reason': reason,
    'halflife-topic': record.topic,
    'halflife-partition': String(record.partition),
    'halflife-offset': String(record.offset),
    'halflife-timestamp': new Date(Math.min(record.timestampMs, LATEST_TIME_MS)).toISOString(),
  }
}
