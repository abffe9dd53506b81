import type { RememberedEvent } from './remembered-event.ts'

/** An item that a user has dealt with. Only a 32-bit hash of its id is kept: 9 bytes an item. A user who has
 *  seen s items misses an unseen one with probability s/2³²: at s = 2,000, one item in two million. */
export interface SeenItem {
  /** FNV-1a of the UTF-8 itemId, unsigned 32 bits. */
  readonly itemHash: number
  /** Seconds since the epoch of the newest event with it; of what a broken clock puts after 2106, the last that 32 bits hold. */
  readonly lastSeconds: number
  /** Bits of `seenKind`, of all events with it. */
  readonly kinds: number
  /** Events that spoke for it, at most MOST_TIMES. */
  readonly times: number
}

/** More often than this is as often as this: five bits. */
export const MOST_TIMES = 31

export const seenKind = { positive: 1, purchased: 2, negative: 4 } as const

/** FNV-1a, 32 bits, as Fowler, Noll and Vo define it. */
export function itemHash(itemId: string): number {
  let hash = OFFSET_BASIS
  // Most ids are of ASCII letters, which are their own UTF-8.
  for (let i = 0; i < itemId.length; i++) {
    const code = itemId.charCodeAt(i)
    if (code > 0x7f) return hashOfBytes(Buffer.from(itemId))
    hash = Math.imul(hash ^ code, PRIME)
  }
  return hash >>> 0
}

const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x01000193

function hashOfBytes(bytes: Buffer): number {
  let hash = OFFSET_BASIS
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME)
  return hash >>> 0
}

/** Last dealt with first, in the bytes in which they are stored: of a user who has seen 2,000 items, an event touches one.
 *  v1, little-endian:
 *
 *    u8 version = 1 | items × ( u32 hash of the itemId | u32 lastSeconds, since the epoch | u8 times × 8 + kinds ) */
export class SeenItems {
  /** As stored, and never changed: an item more makes others of them. */
  bytes: Buffer
  #items: readonly SeenItem[] | undefined

  /** @param bytes of that layout, see seen-codec.ts */
  constructor(bytes: Buffer = NONE) {
    this.bytes = bytes
  }

  /** @param items in their order */
  static of(items: readonly SeenItem[]): SeenItems {
    const bytes = Buffer.allocUnsafe(SEEN_HEADER_BYTES + items.length * SEEN_ITEM_BYTES)
    let at = bytes.writeUInt8(SEEN_VERSION, 0)
    for (const item of items) at = write(bytes, item, at)
    return new SeenItems(bytes)
  }

  get length(): number {
    return (this.bytes.length - SEEN_HEADER_BYTES) / SEEN_ITEM_BYTES
  }

  /** Made when first asked for. */
  get items(): readonly SeenItem[] {
    this.#items ??= decode(this.bytes)
    return this.#items
  }

  /** Notes the event's item, and keeps the `most` that were dealt with last. */
  see(event: RememberedEvent, most: number): void {
    const { bytes } = this
    const hash = itemHash(event.itemId)
    const found = placeOfHash(bytes, hash)
    const before = found === bytes.length ? undefined : itemAt(bytes, found)
    const now: SeenItem = {
      itemHash: hash,
      lastSeconds: Math.max(before?.lastSeconds ?? 0, secondsOf(event)),
      kinds: (before?.kinds ?? 0) | kindsOf(event),
      times: Math.min(MOST_TIMES, (before?.times ?? 0) + (event.weight > 0 ? 1 : 0)),
    }
    let place = SEEN_HEADER_BYTES
    while (place < found && lastSeenFirst(now, itemAt(bytes, place)) >= 0) place += SEEN_ITEM_BYTES
    const size = bytes.length + (before === undefined ? SEEN_ITEM_BYTES : 0)
    const next = Buffer.allocUnsafe(Math.min(size, SEEN_HEADER_BYTES + most * SEEN_ITEM_BYTES))
    next.set(bytes.length > next.length ? bytes.subarray(0, next.length) : bytes)
    // What lay before the item's former place moves back by one, what lay behind it stays.
    next.copyWithin(place + SEEN_ITEM_BYTES, place, found)
    if (place < next.length) write(next, now, place)
    this.#replace(next)
  }

  clear(): void {
    this.#replace(NONE)
  }

  #replace(bytes: Buffer): void {
    this.bytes = bytes
    this.#items = undefined
  }
}

export const SEEN_VERSION = 1
export const SEEN_HEADER_BYTES = 1
export const SEEN_ITEM_BYTES = 9
const NONE = Buffer.of(SEEN_VERSION)
const KINDS = 0b111
const LAST_SECONDS = 2 ** 32 - 1

function secondsOf({ occurredAtMs }: RememberedEvent): number {
  return Math.min(Math.floor(occurredAtMs / 1_000), LAST_SECONDS)
}

function write(bytes: Buffer, { itemHash, lastSeconds, kinds, times }: SeenItem, at: number): number {
  bytes.writeUInt32LE(itemHash, at)
  bytes.writeUInt32LE(lastSeconds, at + 4)
  return bytes.writeUInt8((times << 3) | kinds, at + 8)
}

function itemAt(bytes: Buffer, at: number): SeenItem {
  const bits = bytes[at + 8]!
  return {
    itemHash: bytes.readUInt32LE(at),
    lastSeconds: bytes.readUInt32LE(at + 4),
    kinds: bits & KINDS,
    times: bits >> 3,
  }
}

function decode(bytes: Buffer): SeenItem[] {
  const items: SeenItem[] = []
  for (let at = SEEN_HEADER_BYTES; at < bytes.length; at += SEEN_ITEM_BYTES) items.push(itemAt(bytes, at))
  return items
}

/** The end of the bytes when it is not there. */
function placeOfHash(bytes: Buffer, hash: number): number {
  const low = hash & 0xff
  let at = SEEN_HEADER_BYTES
  // The first byte alone tells most of them apart.
  while (at < bytes.length && (bytes[at] !== low || bytes.readUInt32LE(at) !== hash)) at += SEEN_ITEM_BYTES
  return at
}

/** Last dealt with first; hashes decide between equal seconds. */
export function lastSeenFirst(a: SeenItem, b: SeenItem): number {
  return b.lastSeconds - a.lastSeconds || a.itemHash - b.itemHash
}

function kindsOf(event: RememberedEvent): number {
  if (event.weight < 0) return seenKind.negative
  return event.type === 'purchase' ? seenKind.positive | seenKind.purchased : seenKind.positive
}
