import { describe, expect, it } from 'vitest'
import { float16, pickRows, toMatMulNBits } from '../../../../../libs/embedding/model/convert/q4-blocks.ts'

/** A Q4_0 block whose weight j is the nibble `nibble(j)`. `scale`: bits of the half. */
function block(scale: number, nibble: (j: number) => number): Uint8Array {
  const packed = Array.from({ length: 16 }, (_, j) => nibble(j) | (nibble(j + 16) << 4))
  return Uint8Array.of(scale & 255, scale >> 8, ...packed)
}

const ONE = 0x3c00
const MINUS_TWO = 0xc000

describe('blocks of 4-bit weights', () => {
  it('keep the order of the weights on the way to MatMulNBits', () => {
    const { packed, scales } = toMatMulNBits(block(MINUS_TWO, (j) => (j * 7) % 16))
    const nibbles = [...packed].flatMap((byte) => [byte & 15, byte >> 4])
    expect(nibbles).toEqual(Array.from({ length: 32 }, (_, j) => (j * 7) % 16))
    expect([...scales]).toEqual([-2])
  })

  it('can be picked by row', () => {
    const rows = Buffer.concat([block(ONE, () => 1), block(MINUS_TWO, () => 2), block(ONE, () => 3)])
    const { packed, scales } = pickRows(rows, [2, 1], 1)
    expect([...packed]).toEqual([...Array(16).fill(0x33), ...Array(16).fill(0x22)])
    expect([...scales]).toEqual([0x00, 0x3c, 0x00, 0xc0])
  })

  it('have scales as IEEE halves, subnormal ones too', () => {
    expect([0x3c00, 0xc000, 0x3555, 0x0001, 0x8000].map(float16)).toEqual([
      1,
      -2,
      0.333251953125,
      2 ** -24,
      -0,
    ])
  })
})
