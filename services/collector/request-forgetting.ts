import { randomUUID } from 'node:crypto'
import { forgetRecord } from '../../libs/event/control-record.ts'
import type { EpochMs } from '../../libs/interest/time.ts'
import type { EventLog, TopicNames } from '../../libs/log/event-log.ts'
import { tracedRecords } from './traced-records.ts'

/** What whoever asks for a user to be forgotten is given. The log keeps the receipt's id with the request. */
export interface ForgetReceipt {
  readonly receiptId: string
  readonly userId: string
  /** Whatever the log has received up to then is forgotten. */
  readonly requestedAtMs: EpochMs
}

/** Puts into the log that the user is to be forgotten: what they did, and what they stated. May be done again after a
 *  failure, and at any time. @throws HL_LOG_UNAVAILABLE */
export async function requestForgetting(
  userId: string,
  nowMs: EpochMs,
  { log, topics }: { readonly log: EventLog; readonly topics: TopicNames },
  requestHeaders: Parameters<typeof tracedRecords>[1] = {},
): Promise<ForgetReceipt> {
  const receiptId = randomUUID()
  await log.append(topics.events, tracedRecords([forgetRecord(userId, receiptId, nowMs)], requestHeaders))
  await log.append(topics.users, tracedRecords([{ key: userId, value: null }], requestHeaders))
  return { receiptId, userId, requestedAtMs: nowMs }
}

/** As it is given to whoever asked. */
export function writtenReceipt({ requestedAtMs, ...receipt }: ForgetReceipt) {
  return { ...receipt, requestedAt: new Date(requestedAtMs).toISOString() }
}
