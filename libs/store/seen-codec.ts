import type { SeenItem } from '../interest/seen-items.ts'
import { ByteReader, requireVersion } from './byte-reader.ts'
import { corruptField } from './corrupt-record.ts'

/* Seen items v1, newest first, little-endian:
 *
 *   u8 version = 1 | items × ( u32 hash of the itemId | u32 lastSeconds, since the epoch | u8 times × 8 + kinds )
 */

const VERSION = 1
const ITEM_BYTES = 9
const KINDS = 0b111

export function encodeSeen(items: readonly SeenItem[]): Buffer {
  const bytes = Buffer.allocUnsafe(1 + items.length * ITEM_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  view.setUint8(0, VERSION)
  let at = 1
  for (const { itemHash, lastSeconds, kinds, times } of items) {
    view.setUint32(at, itemHash, true)
    view.setUint32(at + 4, lastSeconds, true)
    view.setUint8(at + 8, (times << 3) | kinds)
    at += ITEM_BYTES
  }
  return bytes
}

/** @throws HL_STORE_CORRUPT */
export function decodeSeen(bytes: Buffer, field: string): SeenItem[] {
  requireVersion(new ByteReader(bytes, field), field, VERSION)
  if ((bytes.length - 1) % ITEM_BYTES !== 0) {
    throw corruptField(field, `has ${bytes.length} bytes, not 1 + n × ${ITEM_BYTES}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const items: SeenItem[] = []
  for (let at = 1; at < bytes.length; at += ITEM_BYTES) {
    const bits = view.getUint8(at + 8)
    items.push({
      itemHash: view.getUint32(at, true),
      lastSeconds: view.getUint32(at + 4, true),
      kinds: bits & KINDS,
      times: bits >> 3,
    })
  }
  return items
}
