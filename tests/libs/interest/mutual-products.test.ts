import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mutualProducts } from '../../../libs/interest/mutual-products.ts'
import { dot } from '../../../libs/interest/vector.ts'

/** Up to nine vectors of one dimension; both may be odd. */
const company = fc
  .integer({ min: 1, max: 7 })
  .chain((dimension) =>
    fc.array(
      fc.float32Array({ minLength: dimension, maxLength: dimension, noNaN: true, max: 1e3, min: -1e3 }),
      { maxLength: 9 },
    ),
  )

describe('the products of each vector with each', () => {
  it('are those of one with one', () => {
    fc.assert(
      fc.property(company, (vectors) => {
        const products = mutualProducts(vectors)
        expect(products).toHaveLength(vectors.length ** 2)
        for (const [a, one] of vectors.entries()) {
          for (const [b, other] of vectors.entries()) {
            expect(Math.abs(products[a * vectors.length + b]! - dot(one, other))).toBeLessThan(1e-6)
          }
        }
      }),
    )
  })

  it('do not depend on the order, to the last bit', () => {
    fc.assert(
      fc.property(company, (vectors) => {
        const size = vectors.length
        const forth = mutualProducts(vectors)
        expect(mutualProducts(vectors.toReversed())).toEqual(forth.toReversed())
        for (const [at, product] of forth.entries()) {
          const [row, column] = [Math.floor(at / size), at % size]
          expect(forth[column * size + row]).toBe(product)
        }
      }),
    )
  })
})
