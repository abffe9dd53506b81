import { z } from 'zod'
import { isHalflifeError } from '../errors/halflife-error.ts'
import type { EpochMs } from '../interest/time.ts'
import type { UserLink } from '../interest/user-state.ts'
import { type Encoded, keyOf } from './decode-record.ts'
import { identifier } from './identifier.ts'

/** A record that Halflife itself puts into a user's partition, beside producers' events: whatever changes a user's
 *  state goes through the log, so that one tracker at a time changes it and a replay changes it again.
 *
 *  `item-known`: an item this user waits for has appeared; the value is the itemId.
 *  `forget`: the user is to be forgotten; the value is the request as JSON, with the receipt that was given for it.
 *  `alias-of`, `has-alias`: two ids are one person's, said in the partition of either; the value is as for `forget`, with
 *  the other id. The first is keyed by the anonymous id, the second by the account.
 *  `forget-with`: the account that this id is an alias of is forgotten, and the id with it. */
export type ControlRecord =
  | { readonly kind: 'item-known'; readonly userId: string; readonly itemId: string }
  | { readonly kind: 'forget'; readonly userId: string; readonly receiptId: string | undefined }
  | { readonly kind: 'alias-of' | 'has-alias'; readonly userId: string; readonly otherId: string }
  | {
      readonly kind: 'forget-with'
      readonly userId: string
      readonly receiptId: string | undefined
      readonly account: UserLink
    }

const HEADER = 'halflife-control'

const requestSchema = z.object({ receiptId: z.string().optional() })
const linkSchema = z.object({ userId: identifier })
const forgetWithSchema = requestSchema.extend({ userId: identifier, linkedAt: z.number() })

export function itemKnownRecord(userId: string, itemId: string) {
  return { key: userId, value: Buffer.from(itemId), headers: { [HEADER]: 'item-known' } }
}

/** @param requestedAtMs becomes the record's log time: whatever the log received up to then is forgotten */
export function forgetRecord(userId: string, receiptId: string, requestedAtMs: EpochMs) {
  return requestRecord('forget', userId, { receiptId }, requestedAtMs)
}

/** That an id goes with its account. It is as old as the request that forgets the account, wherever it comes to lie: a second
 *  one, put in when the batch or the whole log is read again, changes nothing.
 *  @param account with the time at which it was last said that the id is its alias */
export function forgetWithRecord(
  aliasId: string,
  account: UserLink,
  receiptId: string | undefined,
  requestedAtMs: EpochMs,
) {
  const request = { receiptId, userId: account.userId, linkedAt: account.atMs }
  return requestRecord('forget-with', aliasId, request, requestedAtMs)
}

/** That the anonymous id is the account's, for the partition of each. They are to be appended in this order: a request
 *  that stopped in between has left nothing that the account's own records would not know of. */
export function aliasRecords(
  { userId, anonymousId }: { readonly userId: string; readonly anonymousId: string },
  receiptId: string,
  requestedAtMs: EpochMs,
) {
  return [
    requestRecord('alias-of', anonymousId, { receiptId, userId }, requestedAtMs),
    requestRecord('has-alias', userId, { receiptId, userId: anonymousId }, requestedAtMs),
  ] as const
}

function requestRecord(kind: ControlRecord['kind'], key: string, request: object, timestampMs: EpochMs) {
  return { key, value: Buffer.from(JSON.stringify(request)), headers: { [HEADER]: kind }, timestampMs }
}

/** As `decodeControlRecord`, and undefined also when the key is nobody's. */
export function controlRecordOf(record: Encoded): ControlRecord | undefined {
  try {
    return decodeControlRecord(record)
  } catch (error) {
    if (isHalflifeError(error)) return undefined
    throw error
  }
}

/** undefined for a producer's event, and for what only claims to be a control record. @throws HL_ID_* */
export function decodeControlRecord(record: Encoded): ControlRecord | undefined {
  const { value, headers } = record
  const kind = headers[HEADER]?.toString()
  if (kind === undefined) return undefined
  const userId = keyOf(record)
  switch (kind) {
    case 'item-known':
      return { kind, userId, itemId: value?.toString() ?? '' }
    case 'forget':
      // Whatever its value: who asked to be forgotten is forgotten.
      return { kind, userId, receiptId: requestSchema.safeParse(jsonOf(value)).data?.receiptId }
    case 'forget-with': {
      const { data } = forgetWithSchema.safeParse(jsonOf(value))
      if (data === undefined) return undefined
      return {
        kind,
        userId,
        receiptId: data.receiptId,
        account: { userId: data.userId, atMs: data.linkedAt },
      }
    }
    case 'alias-of':
    case 'has-alias': {
      const { data } = linkSchema.safeParse(jsonOf(value))
      return data && { kind, userId, otherId: data.userId }
    }
  }
  return undefined
}

function jsonOf(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString() ?? '')
  } catch {
    return undefined
  }
}
