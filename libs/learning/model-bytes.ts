import { HalflifeError } from '../errors/halflife-error.ts'

/* A model as bytes:
 *
 *   u32 length of the head, little-endian | the head: JSON | zeros up to a multiple of 8 | the arrays, each 8-aligned
 *
 * In the head an array of numbers stands as `{"array":"Float32Array","at":<bytes behind the head>,"length":<elements>}`. So
 * whatever a model is made of, plain values and typed arrays, is written without a list of its parts, and read without
 * copying: the arrays are views of the bytes. */

const arrayTypes = { Float32Array, Float64Array, Int32Array } as const
type ArrayType = keyof typeof arrayTypes

interface ArrayPlace {
  readonly array: ArrayType
  readonly at: number
  readonly length: number
}

const ALIGNMENT = 8
const LENGTH_BYTES = 4

export function encodeModel(model: object): Buffer {
  const arrays: Buffer[] = []
  let at = 0
  const head = JSON.stringify(model, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value
    const type = value.constructor.name
    if (!isArrayType(type)) throw new Error(`a model holds a ${type}, which has no encoding`)
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    arrays.push(bytes, Buffer.alloc(padding(bytes.length)))
    const place: ArrayPlace = { array: type, at, length: bytes.length / arrayTypes[type].BYTES_PER_ELEMENT }
    at += bytes.length + padding(bytes.length)
    return place
  })
  const length = Buffer.alloc(LENGTH_BYTES)
  const text = Buffer.from(head)
  length.writeUInt32LE(text.length)
  return Buffer.concat([length, text, Buffer.alloc(padding(LENGTH_BYTES + text.length)), ...arrays])
}

/** @param bytes kept by the model's arrays @throws HL_STORE_CORRUPT */
export function decodeModel(bytes: Buffer): unknown {
  try {
    const all = aligned(bytes)
    const end = LENGTH_BYTES + all.readUInt32LE(0)
    const arrays = all.subarray(end + padding(end))
    return JSON.parse(all.toString('utf8', LENGTH_BYTES, end), (_, value: unknown) => {
      return isArrayPlace(value) ? arrayAt(arrays, value) : value
    })
  } catch (cause) {
    const detail = `${bytes.length} bytes are no model; train a new one, or promote another`
    throw new HalflifeError('HL_STORE_CORRUPT', detail, { cause })
  }
}

function padding(bytes: number): number {
  return -bytes & (ALIGNMENT - 1)
}

/** A copy where need be: an array begins at a multiple of its elements' size only. */
function aligned(bytes: Buffer): Buffer {
  if (bytes.byteOffset % ALIGNMENT === 0) return bytes
  const { buffer, length } = new Uint8Array(bytes)
  return Buffer.from(buffer, 0, length)
}

function arrayAt(arrays: Buffer, { array, at, length }: ArrayPlace): NodeJS.TypedArray {
  const type = arrayTypes[array]
  // What lies behind the bytes in the same memory is somebody else's.
  if (at + length * type.BYTES_PER_ELEMENT > arrays.length)
    throw new RangeError(`the array at ${at} ends beyond the bytes`)
  return new type(arrays.buffer as ArrayBuffer, arrays.byteOffset + at, length)
}

function isArrayType(name: string): name is ArrayType {
  return name in arrayTypes
}

function isArrayPlace(value: unknown): value is ArrayPlace {
  return typeof value === 'object' && value !== null && 'array' in value && 'at' in value
}
