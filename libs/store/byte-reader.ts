import { corruptField } from './corrupt-record.ts'

/** Reads little-endian values one after another; each read that would pass the end throws HL_STORE_CORRUPT. */
export interface ByteReader {
  u8(): number
  u16(): number
  u32(): number
  f64(): number
  /** `length` bytes of UTF-8. */
  text(length: number): string
  /** `length` bytes as hexadecimal digits. */
  hex(length: number): string
  /** A view of `length` bytes. */
  view(length: number): Buffer
  /** @throws HL_STORE_CORRUPT when bytes are left over */
  end(): void
}

export function byteReader(bytes: Buffer, field: string): ByteReader {
  let position = 0
  // One call into Buffer for all bytes, and a slice of it for each text, costs a third of a call for each text.
  let characters = ''
  let digits = ''
  const advance = (length: number): number => {
    const start = position
    position += length
    if (position > bytes.length) throw corruptField(field, `ends at byte ${bytes.length}, inside a value`)
    return start
  }
  return {
    u8: () => bytes.readUInt8(advance(1)),
    u16: () => bytes.readUInt16LE(advance(2)),
    u32: () => bytes.readUInt32LE(advance(4)),
    f64: () => bytes.readDoubleLE(advance(8)),
    text(length) {
      const start = advance(length)
      if (!isAscii(bytes, start, position)) return bytes.toString('utf8', start, position)
      characters ||= bytes.toString('latin1')
      return characters.slice(start, position)
    },
    hex(length) {
      const start = advance(length)
      digits ||= bytes.toString('hex')
      return digits.slice(2 * start, 2 * position)
    },
    view: (length) => bytes.subarray(advance(length), position),
    end: () => {
      if (position !== bytes.length)
        throw corruptField(field, `has ${bytes.length - position} bytes too many`)
    },
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > 0x7f) return false
  return true
}

/** Reads the version byte with which every field of our own layout begins. */
export function requireVersion(reader: ByteReader, field: string, known: number): void {
  const version = reader.u8()
  if (version !== known)
    throw corruptField(field, `is of version ${version}, and only ${known} is known here`)
}
