/** An item that a user has dealt with. Only a 32-bit hash of its id is kept: 9 bytes an item stored. In a catalog
 *  of n items, a user who has seen s of them misses about n·s/2³² others: 1 in 20 such users misses one of 100,000
 *  items at s = 2,000. */
export interface SeenItem {
  /** FNV-1a of the UTF-8 itemId, unsigned 32 bits. */
  readonly itemHash: number
  /** Seconds since the epoch of the newest event with it. */
  lastSeconds: number
  /** Bits of `seenKind`, of all events with it. */
  kinds: number
}

export const seenKind = { positive: 1, purchased: 2, negative: 4 } as const
