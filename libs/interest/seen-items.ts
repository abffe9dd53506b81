import type { RememberedEvent } from './remembered-event.ts'

/** An item that a user has dealt with. Only a 32-bit hash of its id is kept: 9 bytes an item stored. A user who has
 *  seen s items misses an unseen one with probability s/2³²: at s = 2,000, one item in two million. */
export interface SeenItem {
  /** FNV-1a of the UTF-8 itemId, unsigned 32 bits. */
  readonly itemHash: number
  /** Seconds since the epoch of the newest event with it. */
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

/** Notes the event's item, in place, and keeps the `most` that were dealt with last. */
export function see(seen: SeenItem[], event: RememberedEvent, most: number): void {
  const hash = itemHash(event.itemId)
  const at = seen.findIndex((item) => item.itemHash === hash)
  const before = at === -1 ? undefined : seen.splice(at, 1)[0]
  const now: SeenItem = {
    itemHash: hash,
    lastSeconds: Math.max(before?.lastSeconds ?? 0, Math.floor(event.occurredAtMs / 1_000)),
    kinds: (before?.kinds ?? 0) | kindsOf(event),
    times: Math.min(MOST_TIMES, (before?.times ?? 0) + (event.weight > 0 ? 1 : 0)),
  }
  const place = seen.findIndex((item) => lastSeenFirst(now, item) < 0)
  seen.splice(place === -1 ? seen.length : place, 0, now)
  if (seen.length > most) seen.pop()
}

/** Last dealt with first; hashes decide between equal seconds. */
export function lastSeenFirst(a: SeenItem, b: SeenItem): number {
  return b.lastSeconds - a.lastSeconds || a.itemHash - b.itemHash
}

function kindsOf(event: RememberedEvent): number {
  if (event.weight < 0) return seenKind.negative
  return event.type === 'purchase' ? seenKind.positive | seenKind.purchased : seenKind.positive
}
