import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFloat16Into, encodeFloat16 } from '../../../libs/store/float16-codec.ts'

const decoded = (bytes: Buffer) => {
  const vector = new Float32Array(bytes.length / 2)
  decodeFloat16Into(vector, bytes, 'vec:a:b')
  return vector
}
const hexOf = (...components: number[]) => encodeFloat16(Float32Array.from(components)).toString('hex')

/** All that are numbers, from 0 up. */
const positive = decoded(Buffer.from(Uint16Array.from({ length: 0x7c00 }, (_, half) => half).buffer))

describe('vectors of float16', () => {
  it('are little-endian IEEE 754 binary16', () => {
    expect(hexOf(1, -2, 65_504, 2 ** -14, 2 ** -24, 0)).toBe('003c00c0ff7b000401000000')
    expect(Array.from(decoded(Buffer.from('003c00c0ff7b000401000000', 'hex')))).toEqual([
      ...[1, -2, 65_504, 2 ** -14, 2 ** -24, 0],
    ])
  })

  it('come back bit for bit once they are such, with either sign', () => {
    const both = Float32Array.from([...positive, ...positive.map((x) => -x)])
    expect(decoded(encodeFloat16(both))).toEqual(both)
    expect(hexOf(-0)).toBe('0080')
  })

  it('are the nearest there is, the even one of two', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0x7bfe }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (at, part) => {
          const [below, above] = [positive[at]!, positive[at + 1]!]
          const x = Math.fround(below + part * (above - below))
          const nearest =
            x - below === above - x ? [below, above][at % 2]! : x - below < above - x ? below : above
          expect(decoded(encodeFloat16(Float32Array.of(x, -x)))).toEqual(Float32Array.of(nearest, -nearest))
        },
      ),
    )
    for (let at = 0; at < 0x7bff; at++) {
      const [below, above] = [positive[at]!, positive[at + 1]!]
      if (decoded(encodeFloat16(Float32Array.of((below + above) / 2)))[0] !== (at % 2 ? above : below)) {
        throw new Error(`the middle of ${below} and ${above} is not the even one`)
      }
    }
  })

  it('stay finite', () => {
    expect(hexOf(65_519, 65_520, 1e30, -1e30)).toBe('ff7bff7bff7bfffb')
  })

  it('are refused at any other length, with the name of the field', () => {
    expect(() => decodeFloat16Into(new Float32Array(3), Buffer.alloc(5), 'vec:a:b')).toThrow(
      'vec:a:b has 5 bytes instead of 3 × 2',
    )
  })
})
