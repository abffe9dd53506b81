import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchesOf } from '../../../libs/embedding/batches.ts'

describe('batches', () => {
  it('hold each text once and stay within both limits, unless a text alone exceeds one', () => {
    const limits = { texts: 4, bytes: 60 }
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 80 })), (texts) => {
        const batches = batchesOf(texts, limits)
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...texts.keys()])
        for (const batch of batches) {
          const longest = Math.max(...batch.map((place) => Buffer.byteLength(texts[place]!)))
          expect(batch.length).toBeLessThanOrEqual(limits.texts)
          if (batch.length > 1) expect(batch.length * longest).toBeLessThanOrEqual(limits.bytes)
        }
      }),
    )
  })

  it('count padding: texts times the longest', () => {
    const texts = ['x'.repeat(25), 'x'.repeat(30), 'x'.repeat(31)]
    expect(batchesOf(texts, { texts: 4, bytes: 60 })).toEqual([[0, 1], [2]])
  })

  it('put texts of like length together', () => {
    const texts = ['long text', 'a', 'long toxt', 'b']
    expect(batchesOf(texts, { texts: 2, bytes: 1_000 })).toEqual([
      [1, 3],
      [0, 2],
    ])
  })
})
