import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { against, chained, figureOf, isMet, median, quantile, spreadOf } from '../../bench/figure.ts'

describe('a figure', () => {
  it('is the median of ratios taken side by side, not the ratio of medians', () => {
    const runs = [against('bare', 10, 20), against('bare', 30, 100), against('bare', 40, 50)]
    const figure = figureOf('pipeline', 'events/s', { sense: 'at least', ratio: 0.5 }, runs)
    expect(figure.ratio).toBe(0.5)
    expect([figure.figure, figure.reference, figure.limit]).toEqual([30, 50, 50])
    expect(spreadOf(figure)).toBeCloseTo((0.8 - 0.3) / 2 / 0.5)
  })

  it('is written with the documented names and no others', () => {
    const figure = figureOf('recall', 'recall@10', { sense: 'at least', ratio: 0.99 }, [
      against('exact', 1, 1),
    ])
    expect(Object.keys(figure)).toEqual('name figure unit reference limit ratio goal runs'.split(' '))
    expect(figure.goal).toBe('at least 0.99')
    expect(figure.runs).toEqual([{ figure: 1, limit: 1, references: { exact: 1 } }])
  })

  it('shows the first of several references, and is held against the limit', () => {
    const run = { figure: 5, limit: 10, references: { a: 20, b: 30 } }
    const figure = figureOf('x', 's', undefined, [run])
    expect([figure.reference, figure.limit, figure.ratio, figure.goal]).toEqual([20, 10, 0.5, 'none'])
  })

  it.each([
    ['at least 0.8', 0.79, false],
    ['at least 0.8', 0.8, true],
    ['at most 1.2', 1.2, true],
    ['at most 1.2', 1.21, false],
    ['none', 1, undefined],
  ])('with goal %s and ratio %d is met: %s', (goal, ratio, met) => {
    expect(isMet({ goal, ratio })).toBe(met)
  })

  it('has no median of nothing', () => {
    expect(() => median([])).toThrow()
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('has quantiles between its values', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((part) => quantile([10, 0, 30, 20, 40], part))).toEqual([
      0, 10, 20, 36, 40,
    ])
  })

  it('of a chain is below each of its steps', () => {
    const speed = fc.double({ min: 1, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(speed, speed, (a, b) => {
        expect(chained(a, b)).toBeLessThan(Math.min(a, b))
      }),
    )
    expect(chained(6, 3)).toBeCloseTo(2)
  })
})
