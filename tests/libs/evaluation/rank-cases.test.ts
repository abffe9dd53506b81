import { describe, expect, it } from 'vitest'
import type { Method } from '../../../libs/evaluation/method.ts'
import { rankCases } from '../../../libs/evaluation/rank-cases.ts'
import type { Ranked } from '../../../libs/evaluation/ranked.ts'
import { randomFrom } from '../../../libs/learning/random.ts'
import { standardise } from '../../../libs/learning/standardise.ts'
import { askedCase } from './sample-history.ts'

function ranked(
  scores: Readonly<Record<string, Float64Array>>,
  weights: Method['weights'],
  asked: { items: number[]; targets: number[] },
  maskSeen = true,
): Ranked {
  const standard = { names: Object.keys(scores), of: () => Object.values(scores) }
  return rankCases([askedCase(asked)], [{ name: 'blend', weights }], standard, maskSeen)[0]![0]!
}

describe('ranking one case', () => {
  const scores = { text: Float64Array.of(9, 1, 2, 1, 0) }

  it('leaves out what was seen, and puts equal scores in the order of item numbers', () => {
    const { ranks, page } = ranked(scores, { text: 1 }, { items: [0], targets: [3] })
    expect([...page]).toEqual([2, 1, 3, 4])
    expect([...ranks]).toEqual([2])
  })

  it('keeps what was seen where things are wanted again, and gives what is masked the place after the page', () => {
    expect([...ranked(scores, { text: 1 }, { items: [2], targets: [2] }, false).ranks]).toEqual([1])
    expect([...ranked(scores, { text: 1 }, { items: [2], targets: [2] }).ranks]).toEqual([20])
  })

  it('finds the page that scoring the whole catalog by the weighted sum would give', () => {
    const random = randomFrom(3)
    const size = 3_000
    const component = (): Float64Array => {
      const drawn = Float64Array.from({ length: size }, () => random() ** 4)
      standardise(drawn)
      return drawn
    }
    const parts = { text: component(), 'item-item': component(), popularity: component() }
    const weights = { text: 1, 'item-item': 0.7, popularity: 0.2 }
    const sums = Float64Array.from({ length: size }, (_, item) => {
      return parts.text[item]! + 0.7 * parts['item-item'][item]! + 0.2 * parts.popularity[item]!
    })
    const best = Int32Array.from(sums.keys()).sort((a, b) => sums[b]! - sums[a]!)
    const { page } = ranked(parts, weights, { items: [best[1]!], targets: [0] })
    const expected = [best[0]!, ...best.subarray(2, 21)]
    expect([...page.subarray(0, 10)]).toEqual(expected.slice(0, 10))
  })
})
