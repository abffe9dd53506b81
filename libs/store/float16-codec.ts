import { corruptField } from './corrupt-record.ts'

/* A vector: float16[dimension] (IEEE 754 binary16), little-endian, nothing before or after it. A component keeps 11
 * significant bits: it is within 1/2,048 of what it was. What is beyond the largest, ±65,504, becomes the largest. */

const LARGEST = 0x7bff
/** Bits of the float32 from which on rounding would give infinity: 65,520. */
const TOO_LARGE = 0x477ff000
/** Bits of the smallest float32 that is a normal float16: 2⁻¹⁴. */
const SMALLEST_NORMAL = 0x38800000
/** Difference of the two biases, 127 − 15, where the exponent of a float32 begins. */
const BIAS = 112 << 23
/** Below the normal numbers the float16 are multiples of 2⁻²⁴, as the float32 from a half to one are: adding a half
 *  rounds to one of them, and what is added to the bits of a half is their number. */
const HALF_BITS = 0x3f000000

/** Each component rounded to the nearest, ties to even. */
export function encodeFloat16(vector: Float32Array): Buffer {
  const halves = new Uint16Array(vector.length)
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length)
  for (let i = 0; i < halves.length; i++) {
    const absolute = bits[i]! & 0x7fffffff
    let half: number
    if (absolute >= TOO_LARGE) half = LARGEST
    else if (absolute < SMALLEST_NORMAL) half = bitsOf(Math.abs(vector[i]!) + 0.5) - HALF_BITS
    else half = (absolute - BIAS + 0xfff + ((absolute >>> 13) & 1)) >>> 13
    halves[i] = half | ((bits[i]! >>> 16) & 0x8000)
  }
  return Buffer.from(halves.buffer)
}

/** Fills `target` (float32[dimension]) from stored bytes. @throws HL_STORE_CORRUPT when the length is another */
export function decodeFloat16Into(target: Float32Array, bytes: Buffer, field: string): void {
  if (bytes.length !== 2 * target.length) {
    throw corruptField(field, `has ${bytes.length} bytes instead of ${target.length} × 2`)
  }
  values ??= Float32Array.from({ length: 0x10000 }, (_, half) => numberOf(half))
  for (let i = 0; i < target.length; i++) target[i] = values[bytes[2 * i]! | (bytes[2 * i + 1]! << 8)]!
}

/** Of all 65,536; made when first needed. */
let values: Float32Array | undefined

function numberOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1_024) * 2 ** (exponent - 15)
}

const scratch = new Float32Array(1)
const scratchBits = new Uint32Array(scratch.buffer)

function bitsOf(value: number): number {
  scratch[0] = value
  return scratchBits[0]!
}
