import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dot, dotAt, norm, normalized, scaleAndAddEach } from '../../../libs/interest/vector.ts'

const anyNumber = fc.integer({ min: -8, max: 8 })
const floats = (length: number) =>
  fc.array(anyNumber, { minLength: length, maxLength: length }).map((all) => Float32Array.from(all))

describe('loops over vectors', () => {
  it('multiply with what lies at a place of a block, whatever the dimension', () => {
    const anyCase = fc
      .tuple(fc.nat(23), fc.nat(5), fc.nat(5))
      .chain(([dimension, before, after]) =>
        fc.tuple(floats(before + dimension + after), floats(dimension), fc.constant(before)),
      )
    fc.assert(
      fc.property(anyCase, ([block, vector, start]) => {
        const plain = vector.reduce((sum, component, i) => sum + component * block[start + i]!, 0)
        expect(dotAt(block, start, vector)).toBe(plain)
        expect(dot(block.subarray(start, start + vector.length), vector)).toBe(plain)
      }),
    )
  })

  it('age as many sums as there are, each by its own factors, and touch nothing beside them', () => {
    const anyCase = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.nat(7), fc.nat(3))
      .chain(([dimension, sums, before]) =>
        fc.tuple(
          floats(before + sums * dimension + 2),
          floats(dimension),
          fc.array(fc.record({ kept: anyNumber, added: anyNumber }), { minLength: sums, maxLength: sums }),
          fc.constant(before),
        ),
      )
    fc.assert(
      fc.property(anyCase, ([target, vector, factors, start]) => {
        const plain = target.slice()
        for (const [t, { kept, added }] of factors.entries()) {
          for (const [i, component] of vector.entries()) {
            const at = start + t * vector.length + i
            plain[at] = kept * plain[at]! + added * component
          }
        }
        scaleAndAddEach(target, start, factors, vector)
        expect(target).toEqual(plain)
      }),
    )
  })

  it('give a direction the length 1, and leave what has none at zero, as another vector', () => {
    expect(norm(normalized(Float32Array.of(3, 4)))).toBeCloseTo(1, 6)
    const nowhere = new Float32Array(3)
    expect(normalized(nowhere)).toEqual(nowhere)
    expect(normalized(nowhere)).not.toBe(nowhere)
  })
})
