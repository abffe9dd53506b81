import { describe, expect, it } from 'vitest'
import { dot, norm, normalized } from '../../../libs/interest/vector.ts'
import { foretellFactors, type ItemTexts } from '../../../libs/learning/foretold-factors.ts'

/* Forty items of two kinds: lamps stand at (1, 0, 0), coats at (0, 1, 0), and the first two numbers of a text tell which it is. */
const KNOWN = 40
const places = Array.from({ length: KNOWN }, (_, item) => (item % 2 === 0 ? [1, 0, 0] : [0, 1, 0]))
const textOf = (lamp: boolean, item: number) => {
  return normalized(Float32Array.of(lamp ? 3 : 0, lamp ? 0 : 3, Math.sin(item), Math.cos(3 * item)))
}
const texts = places.map((_, item) => textOf(item % 2 === 0, item))

/** Where a further item comes to stand that was had so often, with a text or without. */
function further(place: readonly number[], count: number, text: Float32Array | undefined): Float32Array {
  const factors = { dimension: 3, vectors: Float32Array.from([...places, place].flat()) }
  const popularity = Float64Array.from([...places.map(() => 5), count])
  return foretellFactors(factors, popularity, [...texts, text]).vectors.subarray(3 * KNOWN)
}

const LAMP = Float32Array.of(1, 0, 0)
const ELSEWHERE = Float32Array.of(0, 0, 1)

describe('factors that texts foretell', () => {
  it('put an item that nobody had where items with such a text stand, as far out as these', () => {
    const lamp = further([0, 0, 0], 0, textOf(true, 77))
    expect(dot(lamp, LAMP)).toBeGreaterThan(0.99)
    expect(norm(lamp)).toBeCloseTo(1, 6)
    expect(dot(further([0, 0, 0], 0, textOf(false, 77)), LAMP)).toBeLessThan(0.05)
  })

  it('count for one event: an item of one event is moved half the way, one of many hardly', () => {
    const once = further([0, 0, 1], 1, textOf(true, 77))
    expect(dot(once, LAMP)).toBeCloseTo(dot(once, ELSEWHERE), 1)
    expect(norm(once)).toBeCloseTo(1, 6)
    expect(dot(further([0, 0, 1], 1_000, textOf(true, 77)), ELSEWHERE)).toBeGreaterThan(0.999)
  })

  it('leave items without text where they are', () => {
    expect([...further([0, 0, 1], 1, undefined)]).toEqual([0, 0, 1])
    expect([...further([0, 0, 0], 0, undefined)]).toEqual([0, 0, 0])
    const factors = { dimension: 3, vectors: Float32Array.from(places.flat()) }
    const none: ItemTexts = places.map(() => undefined)
    expect(
      foretellFactors(
        factors,
        Float64Array.from(places, () => 1),
        none,
      ),
    ).toBe(factors)
  })

  it('learn nothing of items that nobody had', () => {
    const factors = { dimension: 3, vectors: Float32Array.from([1, 0, 0, 0, 0, 0]) }
    const { vectors } = foretellFactors(factors, Float64Array.of(0, 0), [textOf(true, 1), textOf(true, 2)])
    expect([...vectors]).toEqual([1, 0, 0, 0, 0, 0])
  })
})
