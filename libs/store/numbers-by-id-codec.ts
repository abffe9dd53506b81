import { ByteReader, requireVersion } from './byte-reader.ts'

/* Numbers by id v1, in the order of the map, little-endian:
 *
 *   u8 version = 1 | u32 ids | ids × ( f64 number | u8 n − 1 | id, n bytes of UTF-8 ) */

const VERSION = 1
const HEADER_BYTES = 5
const ID_BYTES = 9

export function encodeNumbersById(numbers: ReadonlyMap<string, number>): Buffer {
  let size = HEADER_BYTES
  for (const id of numbers.keys()) size += ID_BYTES + Buffer.byteLength(id)
  const bytes = Buffer.allocUnsafe(size)
  let at = bytes.writeUInt8(VERSION, 0)
  at = bytes.writeUInt32LE(numbers.size, at)
  for (const [id, number] of numbers) {
    at = bytes.writeDoubleLE(number, at)
    const idBytes = bytes.write(id, at + 1)
    at = bytes.writeUInt8(idBytes - 1, at) + idBytes
  }
  return bytes
}

/** @throws HL_STORE_CORRUPT */
export function decodeNumbersById(bytes: Buffer, field: string): Map<string, number> {
  const reader = new ByteReader(bytes, field)
  requireVersion(reader, field, VERSION)
  const numbers = new Map<string, number>()
  for (let left = reader.u32(); left > 0; left--) {
    const number = reader.f64()
    numbers.set(reader.text(reader.u8() + 1), number)
  }
  reader.end()
  return numbers
}
