import { setImmediate as nextTurn } from 'node:timers/promises'
import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { type ControlRecord, decodeControlRecord } from '../../libs/event/control-record.ts'
import { decodeEvent } from '../../libs/event/decode-record.ts'
import { type Event, LATEST_LOG_TIME_MS } from '../../libs/event/event.ts'
import type { EventWeights } from '../../libs/event/event-type.ts'
import { sourceOf } from '../../libs/event/replayed-record.ts'
import { fingerprintOf, type RememberedEvent } from '../../libs/interest/remembered-event.ts'
import type { LogRecord } from '../../libs/log/event-log.ts'
import type { Undecodable } from './dead-letter.ts'

/** One record of a user's partition, understood. */
export interface UserRecord {
  readonly userId: string
  readonly offset: number
  /** Time the log received it, ms since the epoch. */
  readonly logTimeMs: number
  /** undefined: a control record. */
  readonly event: RememberedEvent | undefined
  /** Of the event, if it came with one. */
  readonly context: Event['context']
  /** The item that a control record says is known. */
  readonly knownItem: string | undefined
  /** undefined: an event. */
  readonly control: ControlRecord | undefined
  /** Put into the log once more, as a dead letter that is put back: it is as old as its log time, wherever it lies now. */
  readonly replayed: boolean
  /** Of the answer that the producer says led to the event. */
  readonly recommendationId: string | undefined
  /** The producer's clock was ahead, and log time is used. */
  readonly fromFuture: boolean
}

/** Records of one batch, by user. */
export type RecordsByUser = ReadonlyMap<string, readonly UserRecord[]>

export interface UnderstoodBatch {
  /** In order of offset within each user. */
  readonly byUser: Map<string, UserRecord[]>
  readonly undecodable: Undecodable[]
}

/** Whether an event does not count where it lies, as it counts elsewhere. */
export type IsPassedOver = (understood: UserRecord, record: LogRecord) => boolean

/** Records understood before the event loop has its turn: some 3 ms. */
const RECORDS_AT_ONCE = 1_000

/** As `understandBatch`, with turns for everything else in between. */
export async function understandInTurns(
  records: readonly LogRecord[],
  weights: EventWeights,
  isPassedOver?: IsPassedOver,
): Promise<UnderstoodBatch> {
  const batch = understandBatch(records.slice(0, RECORDS_AT_ONCE), weights, isPassedOver)
  for (let start = RECORDS_AT_ONCE; start < records.length; start += RECORDS_AT_ONCE) {
    await nextTurn()
    understandBatch(records.slice(start, start + RECORDS_AT_ONCE), weights, isPassedOver, batch)
  }
  return batch
}

/** Decodes each record and groups what it understands by user. @param batch to which it is added */
export function understandBatch(
  records: readonly LogRecord[],
  weights: EventWeights,
  isPassedOver?: IsPassedOver,
  batch: UnderstoodBatch = { byUser: new Map(), undecodable: [] },
): UnderstoodBatch {
  const { byUser, undecodable } = batch
  for (const record of records) {
    try {
      const understood = understand(record, weights)
      if (isPassedOver?.(understood, record)) continue
      const theirs = byUser.get(understood.userId)
      if (theirs === undefined) byUser.set(understood.userId, [understood])
      else theirs.push(understood)
    } catch (error) {
      if (!isHalflifeError(error)) throw error
      undecodable.push({ record, error })
    }
  }
  return batch
}

function understand(record: LogRecord, weights: EventWeights): UserRecord {
  const source = sourceOf(record)
  const control = decodeControlRecord(record)
  const read = control === undefined ? eventOf(record, source, weights) : undefined
  // Written out: with a spread of another object among them, the fields of a thousand records a batch cost 2 µs each.
  return {
    userId: control?.userId ?? read!.userId,
    offset: record.offset,
    // Of a record of our own, which acts whatever the time that it was given; without one, Kafka says −1.
    logTimeMs: Math.min(Math.max(1, record.timestampMs), LATEST_LOG_TIME_MS),
    event: read?.event,
    context: read?.context,
    knownItem: control?.kind === 'item-known' ? control.itemId : undefined,
    control,
    replayed: source !== undefined,
    recommendationId: read?.recommendationId,
    fromFuture: read?.fromFuture ?? false,
  }
}

function eventOf(record: LogRecord, source: string | undefined, weights: EventWeights) {
  const decoded = decodeEvent(record, weights)
  const { eventId, userId, itemId, type, occurredAtMs, weight, fromFuture } = decoded
  // Without an id of its own, an event is the one at its first place in the log.
  const identity = eventId ?? source ?? `${record.topic}/${record.partition}/${record.offset}`
  const event: RememberedEvent = { fingerprint: fingerprintOf(identity), itemId, type, occurredAtMs, weight }
  return {
    userId,
    event,
    fromFuture,
    context: decoded.context,
    recommendationId: decoded.recommendationId,
  }
}
