import { expect, it } from 'vitest'
import type { Choice } from '../../../libs/learning/choice.ts'
import { conditionalLogit } from '../../../libs/learning/conditional-logit.ts'
import { randomFrom } from '../../../libs/learning/random.ts'

const CANDIDATES = 20

/** Choices made by the model itself, with these weights. */
function choicesBy(weights: readonly number[], count: number, seed: number): Choice[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => {
    const scores = Float32Array.from({ length: weights.length * CANDIDATES }, () => 4 * random() - 2)
    const strengths = Array.from({ length: CANDIDATES }, (_, k) => {
      const sum = weights.reduce((all, weight, c) => all + weight * scores[c * CANDIDATES + k]!, 0)
      return Math.exp(sum)
    })
    let lot = random() * strengths.reduce((all, strength) => all + strength, 0)
    const found = strengths.findIndex((strength) => {
      lot -= strength
      return lot < 0
    })
    for (let c = 0; c < weights.length; c++) {
      const [first, taken] = [c * CANDIDATES, c * CANDIDATES + found]
      ;[scores[first], scores[taken]] = [scores[taken]!, scores[first]!]
    }
    return { scores, taken: 1, proposed: true }
  })
}

it('finds the weights by which choices were made, those that others account for at 0', () => {
  const [strong, weak, none] = conditionalLogit(choicesBy([1.2, 0.4, 0], 4_000, 1), [0.2, 0.2, 0.2])
  expect(strong).toBeCloseTo(1.2, 0)
  expect(strong! / weak!).toBeGreaterThan(2.5)
  expect(strong! / weak!).toBeLessThan(3.5)
  expect(none).toBeGreaterThanOrEqual(0)
  expect(none).toBeLessThan(0.05)
})

it('weighs nothing below 0, though choices were made against it', () => {
  const [liked, disliked] = conditionalLogit(choicesBy([1, -1], 1_000, 2), [0.2, 0.2])
  expect(liked).toBeGreaterThan(0.5)
  expect(disliked).toBe(0)
})

it('learns nothing from what no component would have proposed', () => {
  const told = choicesBy([1, 0], 300, 3)
  const untold = choicesBy([0, 1], 3_000, 4).map((choice) => ({ ...choice, proposed: false }))
  expect(conditionalLogit([...told, ...untold], [0.2, 0.2])).toEqual(conditionalLogit(told, [0.2, 0.2]))
  expect(conditionalLogit(untold, [0.2, 0.3])).toEqual([0.2, 0.3])
})

it('stays near where it began while there is little to go by', () => {
  const awayBy = (count: number) => conditionalLogit(choicesBy([2], count, 5), [0.2])[0]! - 0.2
  expect(awayBy(3)).toBeGreaterThan(0)
  expect(awayBy(3)).toBeLessThan(awayBy(2_000) / 4)
})
