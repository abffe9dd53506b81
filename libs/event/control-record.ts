import type { Encoded } from './decode-record.ts'

/** A record that Halflife itself puts into a user's partition, beside producers' events: whatever changes a user's
 *  state goes through the log, so that one tracker at a time changes it and a replay changes it again.
 *
 *  `item-known`: an item this user waits for has appeared; the value is the itemId. */
export interface ControlRecord {
  readonly kind: 'item-known'
  readonly userId: string
}

const HEADER = 'halflife-control'

export function itemKnownRecord(userId: string, itemId: string) {
  return { key: userId, value: Buffer.from(itemId), headers: { [HEADER]: 'item-known' } }
}

/** undefined for a producer's event. */
export function controlRecordOf(record: Encoded): ControlRecord | undefined {
  if (record.headers[HEADER]?.toString() !== 'item-known' || record.key === null) return undefined
  return { kind: 'item-known', userId: record.key.toString() }
}
