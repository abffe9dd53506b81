import { HalflifeError, messageOf } from '../errors/halflife-error.ts'
import type { EpochMs } from '../interest/time.ts'
import { requireBounded } from './bounded-json.ts'
import { type Event, parseEvent } from './event.ts'
import type { EventWeights } from './event-type.ts'
import { LONGEST_ID_BYTES } from './identifier.ts'
import { type ItemInput, parseItem } from './item.ts'
import { shapeProblem } from './shape-problem.ts'
import { type UserProfile, userProfileSchema } from './user-profile.ts'

/** What a record of the log carries, as far as understanding it needs. */
export interface Encoded {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
  readonly timestampMs: EpochMs
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads JSON from bytes. @throws HL_BODY_ENCODING, HL_BODY_JSON, HL_BODY_DEPTH, HL_TEXT_LENGTH, HL_LIST_LENGTH */
export function decodeJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = strictUtf8.decode(bytes)
  } catch (cause) {
    throw new HalflifeError('HL_BODY_ENCODING', 'the bytes are not valid UTF-8', { cause })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new HalflifeError('HL_BODY_JSON', messageOf(cause), { cause })
  }
  requireBounded(value)
  return value
}

/** An event from its record. Of CloudEvents in binary mode, `ce_id`, `ce_type` and `ce_time` fill in what the value
 *  leaves out. @throws as parseEvent and decodeJson */
export function decodeEvent(record: Encoded, weights: EventWeights): Event {
  if (record.value === null) throw new HalflifeError('HL_EVENT_SHAPE', 'the record has no value')
  const value = decodeJson(record.value)
  return parseEvent(withCloudEventHeaders(value, record.headers), weights, record.timestampMs)
}

function withCloudEventHeaders(value: unknown, headers: Encoded['headers']): unknown {
  if (headers.ce_specversion === undefined || typeof value !== 'object' || value === null) return value
  const filled: Record<string, unknown> = {}
  if (headers.ce_id) filled.eventId = headers.ce_id.toString()
  if (headers.ce_type) filled.type = headers.ce_type.toString().replace(/^halflife\./, '')
  if (headers.ce_time) filled.occurredAt = headers.ce_time.toString()
  return { ...filled, ...value }
}

/** An item from its record; undefined input means that the item is removed. @throws HL_ITEM_SHAPE, HL_ID_* */
export function decodeItem(record: Encoded): { itemId: string; input: ItemInput | undefined } {
  if (record.value === null) return { itemId: keyOf(record), input: undefined }
  const input = parseItem(decodeJson(record.value))
  return { itemId: input.itemId, input }
}

/** What a user stated, from its record; undefined means that it is withdrawn. @throws HL_USER_SHAPE, HL_ID_* */
export function decodeUserProfile(record: Encoded): { userId: string; profile: UserProfile | undefined } {
  const userId = keyOf(record)
  if (record.value === null) return { userId, profile: undefined }
  const value = decodeJson(record.value)
  const parsed = userProfileSchema.safeParse(value)
  if (!parsed.success) throw shapeProblem('user', value, parsed.error, {}, 'HL_USER_SHAPE')
  return { userId, profile: parsed.data }
}

/** The identifier that a record's key is. @throws HL_ID_MISSING, HL_ID_TOO_LONG, HL_ID_ENCODING */
export function keyOf({ key }: Pick<Encoded, 'key'>): string {
  if (key === null || key.length === 0) throw new HalflifeError('HL_ID_MISSING', 'the record has no key')
  if (key.length > LONGEST_ID_BYTES) {
    const detail = `the record's key has ${key.length} bytes, and an identifier at most ${LONGEST_ID_BYTES}`
    throw new HalflifeError('HL_ID_TOO_LONG', detail)
  }
  const id = key.toString()
  if (!Buffer.from(id).equals(key)) {
    throw new HalflifeError('HL_ID_ENCODING', "the record's key is not valid UTF-8")
  }
  return id
}
