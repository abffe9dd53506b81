import { itemHash } from '../interest/seen-items.ts'

/** A number in [0, 1) that looks drawn by chance and is the same each time for the same text: FNV-1a, then the finaliser
 *  of MurmurHash3 (Appleby), without which texts that differ at their end would lie close together. */
export function draw(text: string): number {
  let hash = itemHash(text)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
