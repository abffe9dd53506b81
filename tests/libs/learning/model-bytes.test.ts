import { describe, expect, it } from 'vitest'
import { decodeModel, encodeModel } from '../../../libs/learning/model-bytes.ts'

const model = {
  version: 1,
  itemIds: ['三体', 'a "quoted" id'],
  tables: [{ starts: Int32Array.of(0, 2, 3), weights: Float32Array.of(0.1, -1e-20, 3), decay: 0.7 }],
  empty: new Float64Array(0),
  // A view into the middle of something larger, at an odd place of four bytes.
  counts: Float64Array.of(9, 1 / 3, 1e300).subarray(1),
}

describe('a model as bytes', () => {
  it('comes back as it was, arrays and all', () => {
    expect(decodeModel(encodeModel(model))).toEqual({ ...model, counts: Float64Array.of(1 / 3, 1e300) })
  })

  it('comes back from bytes that lie at any address', () => {
    const bytes = encodeModel(model)
    for (let shift = 0; shift < 9; shift++) {
      const moved = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift)
      expect(decodeModel(moved)).toEqual(decodeModel(bytes))
    }
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half of it', encodeModel(model).subarray(0, 60)],
    ['all but the last array', encodeModel(model).subarray(0, -8)],
    ['other bytes', Buffer.from('halflife'.repeat(10))],
  ])('is refused when it is %s', (_, bytes) => {
    expect(() => decodeModel(bytes)).toThrow(expect.objectContaining({ code: 'HL_STORE_CORRUPT' }))
  })

  it('refuses to write an array of a kind that it could not read back', () => {
    expect(() => encodeModel({ bytes: Uint16Array.of(1) })).toThrow('Uint16Array')
  })
})
