import { isAscii } from './ascii.ts'
import type { RememberedEvent } from './remembered-event.ts'

/* The events that a state keeps, in the bytes in which they are stored: what is read, added to and written back is never
 * made into objects, which cost more to make and to collect than all else that is done for an event. v1, newest first,
 * little-endian:
 *
 *   u8 version = 1
 *   u16 kinds  | kinds  × ( f64 weight | u8 n | type, n bytes of UTF-8 )
 *   u16 events | events × ( 8 bytes fingerprint | f64 occurredAt, ms since the epoch | u16 kind, from 0
 *                           | u8 n − 1 | itemId, n bytes of UTF-8 )
 *
 * A kind is a type with a weight. The few that a list has are stored once, so a weight costs no precision and an event
 * takes 19 bytes and its itemId: 29 for an id of ten letters. Ids have 1 to 256 bytes, which is why n − 1 fits a byte.
 * The order of the kinds says nothing, and a kind may have lost its last event; there are never more kinds than events. */

export const EVENT_LIST_VERSION = 1
const KINDS_AT = 1
const FIRST_KIND_AT = KINDS_AT + 2
const KIND_BYTES = 9
const EVENT_BYTES = 19
/** Within an event. */
const TIME_AT = 8
const KIND_AT = 16
const ID_LENGTH_AT = 18

type Kind = Pick<RememberedEvent, 'type' | 'weight'>

/** Newest first; fingerprints decide between equal times, so that any order of arrival leaves the same events. */
export class EventList {
  /** As stored, and never changed: an event more makes others of them. */
  bytes: Buffer
  #events: readonly RememberedEvent[] | undefined

  /** @param bytes that are a list, see remembered-codec.ts */
  constructor(bytes: Buffer = NONE) {
    this.bytes = bytes
  }

  /** @param events in their order, at most 65,535 */
  static of(events: readonly RememberedEvent[]): EventList {
    return new EventList(encode(events))
  }

  get length(): number {
    return this.bytes.readUInt16LE(kindsEnd(this.bytes))
  }

  /** Made when first asked for. */
  get events(): readonly RememberedEvent[] {
    this.#events ??= decode(this.bytes)
    return this.#events
  }

  has(fingerprint: string): boolean {
    const { bytes } = this
    const [high, low] = [half(fingerprint, 0), half(fingerprint, 8)]
    let at = kindsEnd(bytes) + 2
    for (; at < bytes.length; at = eventEnd(bytes, at)) {
      // The first byte alone tells most of them apart.
      if (bytes[at] !== high >>> 24) continue
      if (bytes.readUInt32BE(at) === high && bytes.readUInt32BE(at + 4) === low) return true
    }
    return false
  }

  /** Puts the event in its place and keeps the `most` newest. @returns whether one no longer fits */
  add(event: RememberedEvent, most: number): boolean {
    const { bytes, length } = this
    const { place, end } = this.#placeOf(event, most)
    if (place > end) return true
    this.#replace(withEvent(bytes, event, { place, end, count: Math.min(length + 1, most) }))
    if (this.length < this.bytes.readUInt16LE(KINDS_AT)) this.#replace(encode(this.events))
    return length >= most
  }

  /** Only these, in their order. */
  keep(events: readonly RememberedEvent[]): void {
    this.#replace(encode(events))
  }

  clear(): void {
    this.#replace(NONE)
  }

  #replace(bytes: Buffer): void {
    this.bytes = bytes
    this.#events = undefined
  }

  /** Where the event belongs, and where the list ends when there are `most` with it. */
  #placeOf(event: RememberedEvent, most: number): { place: number; end: number } {
    const { bytes, length } = this
    let at = kindsEnd(bytes) + 2
    let place = -1
    let end = -1
    for (let index = 0; index < length; index++) {
      if (place === -1 && comesBefore(event, bytes, at)) place = at
      if (index === most - 1) end = at
      at = eventEnd(bytes, at)
    }
    return { place: place === -1 ? at : place, end: length < most ? at : end }
  }
}

function kindsEnd(bytes: Buffer): number {
  let at = FIRST_KIND_AT
  for (let left = bytes.readUInt16LE(KINDS_AT); left > 0; left--) at += KIND_BYTES + bytes[at + 8]!
  return at
}

function eventEnd(bytes: Buffer, at: number): number {
  return at + EVENT_BYTES + bytes[at + ID_LENGTH_AT]! + 1
}

/** As `newestFirst` has it. */
function comesBefore({ occurredAtMs, fingerprint }: RememberedEvent, bytes: Buffer, at: number): boolean {
  const otherMs = bytes.readDoubleLE(at + TIME_AT)
  if (occurredAtMs !== otherMs) return occurredAtMs > otherMs
  const [high, otherHigh] = [half(fingerprint, 0), bytes.readUInt32BE(at)]
  return high === otherHigh ? half(fingerprint, 8) < bytes.readUInt32BE(at + 4) : high < otherHigh
}

/** The number of the event's kind, or how many there are when none is its own. */
function findKind(bytes: Buffer, { type, weight }: Kind): number {
  const kinds = bytes.readUInt16LE(KINDS_AT)
  let at = FIRST_KIND_AT
  for (let kind = 0; kind < kinds; kind++) {
    const length = bytes[at + 8]!
    if (Object.is(bytes.readDoubleLE(at), weight) && isText(bytes, at + KIND_BYTES, length, type)) return kind
    at += KIND_BYTES + length
  }
  return kinds
}

function isText(bytes: Buffer, at: number, length: number, text: string): boolean {
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return bytes.toString('utf8', at, at + length) === text
    if (code !== bytes[at + i]) return false
  }
  return text.length === length
}

/** The list with one event more at `place`, and of the others those up to `end`. */
function withEvent(
  bytes: Buffer,
  event: RememberedEvent,
  { place, end, count }: { readonly place: number; readonly end: number; readonly count: number },
): Buffer {
  const kinds = bytes.readUInt16LE(KINDS_AT)
  const kind = findKind(bytes, event)
  const kindBytes = kind < kinds ? 0 : KIND_BYTES + Buffer.byteLength(event.type)
  const shift = kindBytes + EVENT_BYTES + Buffer.byteLength(event.itemId)
  // Moved within, as a copy of a part of a Buffer makes an object of that part first.
  const next = Buffer.allocUnsafe(Math.max(end + shift, bytes.length))
  next.set(bytes)
  next.copyWithin(place + shift, place, end)
  let countAt = kindsEnd(bytes)
  if (kindBytes > 0) {
    next.copyWithin(countAt + kindBytes, countAt, place)
    next.writeUInt16LE(kinds + 1, KINDS_AT)
    countAt = writeKind(next, event, countAt)
  }
  next.writeUInt16LE(count, countAt)
  writeEvent(next, event, kind, place + kindBytes)
  return next.length === end + shift ? next : next.subarray(0, end + shift)
}

function writeKind(bytes: Buffer, { type, weight }: Kind, at: number): number {
  if (!Number.isFinite(weight)) throw new Error(`${weight} cannot be stored`)
  const textAt = bytes.writeDoubleLE(weight, at) + 1
  const length = writeText(bytes, type, textAt)
  bytes.writeUInt8(length, textAt - 1)
  return textAt + length
}

function writeEvent(bytes: Buffer, event: RememberedEvent, kind: number, at: number): number {
  bytes.writeUInt32BE(half(event.fingerprint, 0), at)
  bytes.writeUInt32BE(half(event.fingerprint, 8), at + 4)
  bytes.writeDoubleLE(event.occurredAtMs, at + TIME_AT)
  bytes.writeUInt16LE(kind, at + KIND_AT)
  const length = writeText(bytes, event.itemId, at + EVENT_BYTES)
  bytes.writeUInt8(length - 1, at + ID_LENGTH_AT)
  return at + EVENT_BYTES + length
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

/** 32 bits of a fingerprint, from eight of its digits. */
function half(fingerprint: string, start: number): number {
  let bits = 0
  for (let i = start; i < start + 8; i++) bits = 16 * bits + digitAt(fingerprint, i)
  return bits
}

function digitAt(fingerprint: string, index: number): number {
  const code = fingerprint.charCodeAt(index)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x61 && code <= 0x66) return code - 0x57
  throw new Error(`"${fingerprint}" is not a fingerprint`)
}

function encode(events: readonly RememberedEvent[]): Buffer {
  const kinds: Kind[] = []
  const kindOf = events.map(({ type, weight }) => {
    const known = kinds.findIndex((kind) => kind.type === type && Object.is(kind.weight, weight))
    return known === -1 ? kinds.push({ type, weight }) - 1 : known
  })
  let size = FIRST_KIND_AT + 2
  for (const { type } of kinds) size += KIND_BYTES + Buffer.byteLength(type)
  for (const { itemId } of events) size += EVENT_BYTES + Buffer.byteLength(itemId)
  const bytes = Buffer.allocUnsafe(size)
  let at = bytes.writeUInt16LE(kinds.length, bytes.writeUInt8(EVENT_LIST_VERSION, 0))
  for (const kind of kinds) at = writeKind(bytes, kind, at)
  at = bytes.writeUInt16LE(events.length, at)
  for (const [index, event] of events.entries()) at = writeEvent(bytes, event, kindOf[index]!, at)
  return bytes
}

function decode(bytes: Buffer): RememberedEvent[] {
  // One call into Buffer for all letters and one for all digits: a slice of them costs a third of a call for each text.
  const letters = bytes.toString('latin1')
  const digits = bytes.toString('hex')
  const textAt = (start: number, end: number) =>
    isAscii(bytes, start, end) ? letters.slice(start, end) : bytes.toString('utf8', start, end)
  const kinds: Kind[] = []
  let at = FIRST_KIND_AT
  for (let left = bytes.readUInt16LE(KINDS_AT); left > 0; left--) {
    const end = at + KIND_BYTES + bytes[at + 8]!
    kinds.push({ weight: bytes.readDoubleLE(at), type: textAt(at + KIND_BYTES, end) })
    at = end
  }
  const events: RememberedEvent[] = []
  for (at += 2; at < bytes.length; at = eventEnd(bytes, at)) {
    const { type, weight } = kinds[bytes.readUInt16LE(at + KIND_AT)]!
    events.push({
      fingerprint: digits.slice(2 * at, 2 * at + 16),
      itemId: textAt(at + EVENT_BYTES, eventEnd(bytes, at)),
      type,
      occurredAtMs: bytes.readDoubleLE(at + TIME_AT),
      weight,
    })
  }
  return events
}

const NONE = encode([])
