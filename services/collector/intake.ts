import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '../../libs/errors/error-codes.ts'
import { HalflifeError, isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { decodeJson } from '../../libs/event/decode-record.ts'
import { encodeRecord } from '../../libs/event/encode-record.ts'
import { type EventInput, parseEvent } from '../../libs/event/event.ts'
import type { EventWeights } from '../../libs/event/event-type.ts'
import type { NewRecord } from '../../libs/log/event-log.ts'

/** One event of a request that was refused, by its place in the request. */
export interface Rejection {
  readonly index: number
  readonly code: ErrorCode
  readonly detail: string
}

export interface Intake {
  readonly records: readonly NewRecord[]
  /** How many records there are of each event type. */
  readonly byType: ReadonlyMap<string, number>
  readonly rejected: readonly Rejection[]
}

export const MOST_EVENTS = 1_000

/** Judges each event of a request by itself: one that is wrong does not keep its neighbours out. An accepted one gets
 *  what it lacks, an id and a time, so that it stays the same event however often its record is delivered.
 *  @throws HL_EVENT_BATCH_SIZE */
export function takeIn(values: readonly unknown[], weights: EventWeights, nowMs: number): Intake {
  if (values.length > MOST_EVENTS) {
    const detail = `at least ${values.length} events in one request; send at most ${MOST_EVENTS} at a time`
    throw new HalflifeError('HL_EVENT_BATCH_SIZE', detail)
  }
  const records: NewRecord[] = []
  const byType = new Map<string, number>()
  const rejected: Rejection[] = []
  for (const [index, value] of values.entries()) {
    try {
      const read = value instanceof Uint8Array ? decodeJson(value) : value
      const { userId, type } = parseEvent(read, weights, nowMs)
      records.push(recordOf(userId, read as EventInput, nowMs))
      byType.set(type, (byType.get(type) ?? 0) + 1)
    } catch (error) {
      if (!isHalflifeError(error)) throw error
      rejected.push({ index, code: error.code, detail: error.message })
    }
  }
  return { records, byType, rejected }
}

function recordOf(userId: string, event: EventInput, nowMs: number): NewRecord {
  const { eventId = randomUUID(), occurredAt = new Date(nowMs).toISOString() } = event
  const isComplete = eventId === event.eventId && occurredAt === event.occurredAt
  const { key, value } = encodeRecord(userId, isComplete ? event : { ...event, eventId, occurredAt })
  return { key, value, timestampMs: nowMs }
}

const NEWLINE = 0x0a

/** The lines of an NDJSON body that hold anything, as bytes, so that one broken line stays one rejection. No more than one line
 *  over what is taken at a time: a body of empty objects would become millions. */
export function linesOf(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < body.length && lines.length <= MOST_EVENTS; ) {
    const newline = body.indexOf(NEWLINE, start)
    const end = newline === -1 ? body.length : newline
    const line = body.subarray(start, end)
    if (line.some((byte) => byte > 0x20)) lines.push(line)
    start = end + 1
  }
  return lines
}
