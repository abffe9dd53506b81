import { corruptField } from './corrupt-record.ts'

/* A vector: float32[dimension], little-endian, nothing before or after it, so that a Redis vector index can use the
 * field as it lies. */

// The bytes are the machine's own; every platform that Node.js is released for, but one, is little-endian.
if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
  throw new Error('Halflife stores vectors as they lie in memory and needs a little-endian machine')
}

/** A view of the vector's own memory, not a copy; of `start` to `end` of it. */
export function encodeFloats(vector: Float32Array, start = 0, end = vector.length): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset + 4 * start, 4 * (end - start))
}

/** Fills `start` to `end` of the target from stored bytes. @throws HL_STORE_CORRUPT when the length is another */
export function decodeFloatsInto(
  target: Float32Array,
  bytes: Buffer,
  field: string,
  start = 0,
  end = target.length,
): void {
  if (bytes.length !== 4 * (end - start)) {
    throw corruptField(field, `has ${bytes.length} bytes instead of ${end - start} × 4`)
  }
  encodeFloats(target, start, end).set(bytes)
}

/** A new float32[dimension]. @throws HL_STORE_CORRUPT when the bytes are not a whole number of floats, at least one */
export function decodeFloats(bytes: Buffer, field: string): Float32Array {
  if (bytes.length === 0 || bytes.length % 4 !== 0) {
    throw corruptField(field, `has ${bytes.length} bytes, which is not a vector of float32`)
  }
  const vector = new Float32Array(bytes.length / 4)
  decodeFloatsInto(vector, bytes, field)
  return vector
}
