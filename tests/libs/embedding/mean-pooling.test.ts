import { expect, it } from 'vitest'
import { meanPooled } from '../../../libs/embedding/mean-pooling.ts'

it('mean pooling leaves out padding and gives unit vectors', () => {
  // Two texts of three tokens in two dimensions; the first has one token of padding.
  const hidden = Float32Array.of(3, 0, 0, 4, 99, 99, 0, 1, 0, 1, 0, 1)
  const [first, second] = meanPooled(hidden, [2, 3], 2)
  expect(first![0]).toBeCloseTo(0.6)
  expect(first![1]).toBeCloseTo(0.8)
  expect([...second!]).toEqual([0, 1])
})
