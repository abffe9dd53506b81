import type { RememberedEvent } from '../interest/remembered-event.ts'
import { ByteReader, requireVersion } from './byte-reader.ts'
import { corruptField } from './corrupt-record.ts'

/* Remembered (or waiting) events v1, newest first, little-endian:
 *
 *   u8 version = 1
 *   u16 kinds  | kinds  × ( f64 weight | u8 n | type, n bytes of UTF-8 )
 *   u16 events | events × ( 8 bytes fingerprint | f64 occurredAt, ms since the epoch | u16 kind, from 0
 *                           | u8 n − 1 | itemId, n bytes of UTF-8 )
 *
 * A kind is a type with a weight. The few that a list has are stored once, so a weight costs no precision and an event
 * takes 19 bytes and its itemId: 29 for an id of ten letters. Ids have 1 to 256 bytes, which is why n − 1 fits a byte. */

const VERSION = 1
const HEADER_BYTES = 5
const KIND_BYTES = 9
const EVENT_BYTES = 19
const FINGERPRINT_BYTES = 8
/** Of UTF-8, for a unit of a string. */
const MOST_UNIT_BYTES = 3

/** At most 65,535 events. */
export function encodeRemembered(events: readonly RememberedEvent[]): Buffer {
  const { kinds, kindOf } = kindsOf(events)
  const bytes = Buffer.allocUnsafe(largestSize(events, kinds))
  let at = bytes.writeUInt8(VERSION, 0)
  at = bytes.writeUInt16LE(kinds.length, at)
  for (const { weight, type } of kinds) {
    at = bytes.writeDoubleLE(weight, at)
    const length = writeText(bytes, type, at + 1)
    at = bytes.writeUInt8(length, at) + length
  }
  at = bytes.writeUInt16LE(events.length, at)
  // By index: an iterator of pairs makes one for each event.
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!
    at = writeFingerprint(bytes, event.fingerprint, at)
    at = bytes.writeDoubleLE(event.occurredAtMs, at)
    at = bytes.writeUInt16LE(kindOf[index]!, at)
    const length = writeText(bytes, event.itemId, at + 1)
    at = bytes.writeUInt8(length - 1, at) + length
  }
  return bytes.subarray(0, at)
}

/** UTF-8 at `at`; returns its length. Most ids are short and of ASCII letters, for which the call into Buffer costs more
 *  than the writing. */
function writeText(bytes: Buffer, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return bytes.write(text, at)
    bytes[at + i] = code
  }
  return text.length
}

function writeFingerprint(bytes: Buffer, fingerprint: string, at: number): number {
  for (let i = 0; i < FINGERPRINT_BYTES; i++) {
    bytes[at + i] = (digitAt(fingerprint, 2 * i) << 4) | digitAt(fingerprint, 2 * i + 1)
  }
  return at + FINGERPRINT_BYTES
}

function digitAt(fingerprint: string, index: number): number {
  const code = fingerprint.charCodeAt(index)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x61 && code <= 0x66) return code - 0x57
  throw new Error(`"${fingerprint}" is not a fingerprint`)
}

/** @throws HL_STORE_CORRUPT */
export function decodeRemembered(bytes: Buffer, field: string): RememberedEvent[] {
  const reader = new ByteReader(bytes, field)
  requireVersion(reader, field, VERSION)
  const kinds: Kind[] = []
  for (let left = reader.u16(); left > 0; left--) {
    const weight = reader.f64()
    kinds.push({ weight, type: reader.text(reader.u8()) })
  }
  const events: RememberedEvent[] = []
  for (let left = reader.u16(); left > 0; left--) {
    const fingerprint = reader.hex(8)
    const occurredAtMs = reader.f64()
    const { type, weight } = kindAt(kinds, reader.u16(), field)
    events.push({ fingerprint, itemId: reader.text(reader.u8() + 1), type, occurredAtMs, weight })
  }
  reader.end()
  return events
}

type Kind = Pick<RememberedEvent, 'type' | 'weight'>

function kindAt(kinds: readonly Kind[], index: number, field: string): Kind {
  const kind = kinds[index]
  if (kind === undefined) throw corruptField(field, `refers to kind ${index} of ${kinds.length}`)
  return kind
}

/** The distinct kinds, and for each event the number of its own. A list has few. */
function kindsOf(events: readonly RememberedEvent[]): { kinds: Kind[]; kindOf: number[] } {
  const kinds: Kind[] = []
  const kindOf = events.map(({ type, weight }) => {
    const known = kinds.findIndex((kind) => kind.type === type && Object.is(kind.weight, weight))
    return known === -1 ? kinds.push({ type, weight: requireFinite(weight) }) - 1 : known
  })
  return { kinds, kindOf }
}

function requireFinite(weight: number): number {
  if (!Number.isFinite(weight)) throw new Error(`${weight} cannot be stored`)
  return weight
}

function largestSize(events: readonly RememberedEvent[], kinds: readonly Kind[]): number {
  let size = HEADER_BYTES
  for (const { type } of kinds) size += KIND_BYTES + MOST_UNIT_BYTES * type.length
  for (const { itemId } of events) size += EVENT_BYTES + MOST_UNIT_BYTES * itemId.length
  return size
}
