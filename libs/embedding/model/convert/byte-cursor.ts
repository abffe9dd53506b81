import { HalflifeError } from '../../../errors/halflife-error.ts'

/** Reads a little-endian file from front to back. */
export interface ByteCursor {
  u16(): number
  u32(): number
  i32(): number
  f32(): number
  /** As a number: exact below 2^53, which no file reaches. */
  u64(): number
  /** The next `length` bytes, as a view. */
  take(length: number): Buffer
}

/** @throws HL_MODEL_HASH from any read beyond the end */
export function byteCursor(bytes: Uint8Array): ByteCursor {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0
  const take = (length: number): Buffer => {
    const end = position + length
    if (length < 0 || end > buffer.length) {
      const where = `${length} bytes were expected at ${position} and the file has ${buffer.length}`
      throw new HalflifeError('HL_MODEL_HASH', `the model file ends too early: ${where}`)
    }
    const taken = buffer.subarray(position, end)
    position = end
    return taken
  }
  return {
    u16: () => take(2).readUInt16LE(),
    u32: () => take(4).readUInt32LE(),
    i32: () => take(4).readInt32LE(),
    f32: () => take(4).readFloatLE(),
    u64: () => Number(take(8).readBigUInt64LE()),
    take,
  }
}
