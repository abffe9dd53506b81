import type { EpochMs } from '../interest/time.ts'
import type { Encoded } from './decode-record.ts'

/** A record that Halflife itself puts into a user's partition, beside producers' events: whatever changes a user's
 *  state goes through the log, so that one tracker at a time changes it and a replay changes it again.
 *
 *  `item-known`: an item this user waits for has appeared; the value is the itemId.
 *  `forget`: the user is to be forgotten; the value is the request as JSON, with the receipt that was given for it. */
export interface ControlRecord {
  readonly kind: ControlKind
  readonly userId: string
  /** Of the item that is known; undefined for `forget`. */
  readonly itemId: string | undefined
}

export type ControlKind = (typeof kinds)[number]

const kinds = ['item-known', 'forget'] as const

const HEADER = 'halflife-control'

export function itemKnownRecord(userId: string, itemId: string) {
  return { key: userId, value: Buffer.from(itemId), headers: { [HEADER]: 'item-known' } }
}

/** @param requestedAtMs becomes the record's log time: whatever the log received up to then is forgotten */
export function forgetRecord(userId: string, receiptId: string, requestedAtMs: EpochMs) {
  return {
    key: userId,
    value: Buffer.from(JSON.stringify({ receiptId })),
    headers: { [HEADER]: 'forget' },
    timestampMs: requestedAtMs,
  }
}

/** undefined for a producer's event. */
export function controlRecordOf(record: Encoded): ControlRecord | undefined {
  const name = record.headers[HEADER]?.toString()
  const kind = kinds.find((known) => known === name)
  if (kind === undefined || record.key === null) return undefined
  const itemId = kind === 'item-known' ? record.value?.toString() : undefined
  return { kind, userId: record.key.toString(), itemId }
}
