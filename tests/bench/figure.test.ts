import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chained, figureOf, median, spreadOf } from '../../bench/figure.ts'
import { randomOf, zipf } from '../../bench/workload.ts'

const run = (figure: number, limit: number) => ({ figure, limit, references: { bare: limit } })

describe('a figure', () => {
  it('is the median of ratios taken side by side, not the ratio of medians', () => {
    const figure = figureOf('pipeline', 'events/s', { sense: 'at least', ratio: 0.5 }, [
      run(10, 20),
      run(30, 100),
      run(40, 50),
    ])
    expect(figure.ratio).toBe(0.5)
    expect([figure.figure, figure.limit, figure.met]).toEqual([30, 50, true])
    expect(spreadOf(figure)).toBeCloseTo((0.8 - 0.3) / 2 / 0.5)
  })

  it.each([
    ['at least', 0.8, false],
    ['at least', 0.5, true],
    ['at most', 0.5, true],
    ['at most', 0.4, false],
  ] as const)('meets %s %d: %s', (sense, ratio, met) => {
    expect(figureOf('x', 's', { sense, ratio }, [run(1, 2)]).met).toBe(met)
  })

  it('has no median of nothing', () => {
    expect(() => median([])).toThrow()
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('of a chain is below each of its steps', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        (a, b) => {
          expect(chained(a, b)).toBeLessThan(Math.min(a, b))
        },
      ),
    )
  })
})

describe('the workload', () => {
  it('is the same for the same seed, and a few get most of it', () => {
    const draws = () => Array.from({ length: 10_000 }, zipf(1_000, randomOf(3)))
    expect(draws()).toEqual(draws())
    const counts = new Map<number, number>()
    for (const draw of draws()) counts.set(draw, (counts.get(draw) ?? 0) + 1)
    expect(Math.min(...counts.keys())).toBe(0)
    expect(Math.max(...counts.keys())).toBeLessThan(1_000)
    expect(counts.get(0)!).toBeGreaterThan(20 * (counts.get(500) ?? 0))
  })
})
