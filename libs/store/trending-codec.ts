import { byteReader, requireVersion } from './byte-reader.ts'

/* Weights by item v1, in the order of the map, little-endian:
 *
 *   u8 version = 1 | u32 items | items × ( f64 weight | u8 n − 1 | itemId, n bytes of UTF-8 )
 *
 * The weights are as they stand at the landmark, which lies beside them in a field of its own. */

const VERSION = 1
const HEADER_BYTES = 5
const ITEM_BYTES = 9

export function encodeTrending(weights: ReadonlyMap<string, number>): Buffer {
  let size = HEADER_BYTES
  for (const itemId of weights.keys()) size += ITEM_BYTES + Buffer.byteLength(itemId)
  const bytes = Buffer.allocUnsafe(size)
  let at = bytes.writeUInt8(VERSION, 0)
  at = bytes.writeUInt32LE(weights.size, at)
  for (const [itemId, weight] of weights) {
    at = bytes.writeDoubleLE(weight, at)
    const idBytes = bytes.write(itemId, at + 1)
    at = bytes.writeUInt8(idBytes - 1, at) + idBytes
  }
  return bytes
}

/** @throws HL_STORE_CORRUPT */
export function decodeTrending(bytes: Buffer, field: string): Map<string, number> {
  const reader = byteReader(bytes, field)
  requireVersion(reader, field, VERSION)
  const weights = new Map<string, number>()
  for (let left = reader.u32(); left > 0; left--) {
    const weight = reader.f64()
    weights.set(reader.text(reader.u8() + 1), weight)
  }
  reader.end()
  return weights
}
