import type { DecayedCounts } from '../interest/decayed-counts.ts'
import { ByteReader, requireVersion } from './byte-reader.ts'
import { decodeNumbersById, encodeNumbersById } from './numbers-by-id-codec.ts'

/* Weights by item for each of several groups v1, in the order of the map, little-endian:
 *
 *   u8 version = 1 | u16 groups
 *   groups × ( u16 n | name, n bytes of UTF-8 | f64 landmark, ms | u32 n | weights, n bytes as in numbers-by-id-codec.ts ) */

const VERSION = 1

export function encodeCountsByGroup(groups: ReadonlyMap<string, DecayedCounts>): Buffer {
  const head = Buffer.alloc(3)
  head.writeUInt8(VERSION, 0)
  head.writeUInt16LE(groups.size, 1)
  const parts = [...groups].flatMap(([name, { landmarkMs, weights }]) => {
    const nameBytes = Buffer.from(name)
    const numbers = encodeNumbersById(weights)
    const [before, between] = [Buffer.alloc(2), Buffer.alloc(12)]
    before.writeUInt16LE(nameBytes.length)
    between.writeUInt32LE(numbers.length, between.writeDoubleLE(landmarkMs))
    return [before, nameBytes, between, numbers]
  })
  return Buffer.concat([head, ...parts])
}

/** @throws HL_STORE_CORRUPT */
export function decodeCountsByGroup(bytes: Buffer, field: string): Map<string, DecayedCounts> {
  const reader = new ByteReader(bytes, field)
  requireVersion(reader, field, VERSION)
  const groups = new Map<string, DecayedCounts>()
  for (let left = reader.u16(); left > 0; left--) {
    const name = reader.text(reader.u16())
    const landmarkMs = reader.f64()
    groups.set(name, { landmarkMs, weights: decodeNumbersById(reader.view(reader.u32()), field) })
  }
  reader.end()
  return groups
}
