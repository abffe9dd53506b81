import { ByteReader, requireVersion } from '../byte-reader.ts'
import type { RecordFields } from '../record-fields.ts'

/* A record (a hash, as Redis would have it) in one piece of bytes, little-endian:
 *
 *   u8 version = 1 | u8 fields | fields × ( u8 n | name, n bytes of UTF-8 | u32 length | value )
 *
 * The values are byte for byte those that docs/redis-contract.md describes. */

const VERSION = 1
const FIELD = 'record'

export function packRecord(fields: readonly (readonly [name: string, value: Buffer | string])[]): Buffer {
  let size = 2
  for (const [name, value] of fields) size += 5 + Buffer.byteLength(name) + Buffer.byteLength(value)
  const bytes = Buffer.allocUnsafe(size)
  let at = bytes.writeUInt8(fields.length, bytes.writeUInt8(VERSION, 0))
  for (const [name, value] of fields) {
    const nameBytes = bytes.write(name, at + 1)
    at = bytes.writeUInt8(nameBytes, at) + nameBytes
    at = bytes.writeUInt32LE(Buffer.byteLength(value), at)
    at += typeof value === 'string' ? bytes.write(value, at) : value.copy(bytes, at)
  }
  return bytes
}

/** The values are views of `bytes`. @throws HL_STORE_CORRUPT */
export function unpackRecord(bytes: Buffer): RecordFields {
  const reader = new ByteReader(bytes, FIELD)
  requireVersion(reader, FIELD, VERSION)
  const fields = new Map<string, Buffer>()
  for (let left = reader.u8(); left > 0; left--) {
    const name = reader.text(reader.u8())
    fields.set(name, reader.view(reader.u32()))
  }
  reader.end()
  return fields
}
