import { randomUUID } from 'node:crypto'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { aliasRecords } from '../../libs/event/control-record.ts'
import type { EpochMs } from '../../libs/interest/time.ts'
import type { EventLog, NewRecord, TopicNames } from '../../libs/log/event-log.ts'

/** What whoever says that two ids are one person's is given. The log keeps the receipt's id with the request. */
export interface AliasReceipt {
  readonly receiptId: string
  readonly userId: string
  readonly anonymousId: string
  readonly requestedAtMs: EpochMs
}

/** Puts into the log that the anonymous id is the account's. May be done again after a failure, and at any time.
 *  @param complete adds to the records what comes with the request
 *  @throws HL_ALIAS_SELF, HL_LOG_UNAVAILABLE */
export async function requestAlias(
  ids: { readonly userId: string; readonly anonymousId: string },
  nowMs: EpochMs,
  { log, topics }: { readonly log: EventLog; readonly topics: TopicNames },
  complete: (records: readonly NewRecord[]) => readonly NewRecord[],
): Promise<AliasReceipt> {
  if (ids.anonymousId === ids.userId) {
    const detail = `user ${ids.userId} cannot be an alias of itself; anonymousId must be another id`
    throw new HalflifeError('HL_ALIAS_SELF', detail)
  }
  const receiptId = randomUUID()
  const [aliasOf, hasAlias] = aliasRecords(ids, receiptId, nowMs)
  await log.append(topics.events, complete([aliasOf]))
  await log.append(topics.events, complete([hasAlias]))
  return { receiptId, ...ids, requestedAtMs: nowMs }
}

/** As it is given to whoever asked. */
export function writtenAliasReceipt({ requestedAtMs, ...receipt }: AliasReceipt) {
  return { ...receipt, requestedAt: new Date(requestedAtMs).toISOString() }
}
