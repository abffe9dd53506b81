import type { RememberedEvent } from '../interest/remembered-event.ts'
import { byteReader, requireVersion } from './byte-reader.ts'
import { corruptField } from './corrupt-record.ts'
import { encodeNumber } from './number-codec.ts'

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

/** At most 65,535 events. */
export function encodeRemembered(events: readonly RememberedEvent[]): Buffer {
  const { kinds, kindOf } = kindsOf(events)
  const bytes = Buffer.allocUnsafe(sizeOf(events, kinds))
  let at = bytes.writeUInt8(VERSION, 0)
  at = bytes.writeUInt16LE(kinds.length, at)
  for (const { weight, type } of kinds) {
    at = bytes.writeDoubleLE(weight, at)
    at = bytes.writeUInt8(Buffer.byteLength(type), at)
    at += bytes.write(type, at)
  }
  at = bytes.writeUInt16LE(events.length, at)
  for (const [index, event] of events.entries()) {
    if (bytes.write(event.fingerprint, at, 8, 'hex') !== 8) {
      throw new Error(`"${event.fingerprint}" is not a fingerprint`)
    }
    at = bytes.writeDoubleLE(event.occurredAtMs, at + 8)
    at = bytes.writeUInt16LE(kindOf[index]!, at)
    const idBytes = bytes.write(event.itemId, at + 1)
    at = bytes.writeUInt8(idBytes - 1, at) + idBytes
  }
  return bytes
}

/** @throws HL_STORE_CORRUPT */
export function decodeRemembered(bytes: Buffer, field: string): RememberedEvent[] {
  const reader = byteReader(bytes, field)
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

/** The distinct kinds, and for each event the number of its own. */
function kindsOf(events: readonly RememberedEvent[]): { kinds: Kind[]; kindOf: number[] } {
  const kinds: Kind[] = []
  const numbers = new Map<string, number>()
  const kindOf = events.map((event) => {
    const key = `${encodeNumber(event.weight)} ${event.type}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, kinds.length)
    return kinds.push(event) - 1
  })
  return { kinds, kindOf }
}

function sizeOf(events: readonly RememberedEvent[], kinds: readonly Kind[]): number {
  let size = HEADER_BYTES
  for (const { type } of kinds) size += KIND_BYTES + Buffer.byteLength(type)
  for (const { itemId } of events) size += EVENT_BYTES + Buffer.byteLength(itemId)
  return size
}
