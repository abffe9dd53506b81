import { isAscii } from '../interest/ascii.ts'
import { corruptField } from './corrupt-record.ts'

/** Reads little-endian values one after another; each read that would pass the end throws HL_STORE_CORRUPT. A class, as
 *  two are made for each user that is read, and a closure for each method cost as much as what they read. */
export class ByteReader {
  readonly #bytes: Buffer
  readonly #field: string
  #position = 0
  // One call into Buffer for all bytes, and a slice of it for each text, costs a third of a call for each text.
  #characters = ''

  constructor(bytes: Buffer, field: string) {
    this.#bytes = bytes
    this.#field = field
  }

  u8(): number {
    return this.#bytes[this.#advance(1)]!
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2))
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4))
  }

  f64(): number {
    return this.#bytes.readDoubleLE(this.#advance(8))
  }

  /** `length` bytes of UTF-8. */
  text(length: number): string {
    const start = this.#advance(length)
    if (!isAscii(this.#bytes, start, this.#position))
      return this.#bytes.toString('utf8', start, this.#position)
    this.#characters ||= this.#bytes.toString('latin1')
    return this.#characters.slice(start, this.#position)
  }

  skip(length: number): void {
    this.#advance(length)
  }

  /** A view of `length` bytes. */
  view(length: number): Buffer {
    return this.#bytes.subarray(this.#advance(length), this.#position)
  }

  /** @throws HL_STORE_CORRUPT when bytes are left over */
  end(): void {
    const left = this.#bytes.length - this.#position
    if (left > 0) throw corruptField(this.#field, `has ${left} bytes too many`)
  }

  #advance(length: number): number {
    const start = this.#position
    this.#position += length
    if (this.#position > this.#bytes.length)
      throw corruptField(this.#field, `ends at byte ${this.#bytes.length}, inside a value`)
    return start
  }
}

/** Reads the version byte with which every field of our own layout begins. */
export function requireVersion(reader: ByteReader, field: string, known: number): void {
  const version = reader.u8()
  if (version !== known)
    throw corruptField(field, `is of version ${version}, and only ${known} is known here`)
}
