import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { solveCholesky } from '../../../libs/learning/cholesky.ts'
import { countFollowing, type FollowCounts } from '../../../libs/learning/follow-counts.ts'
import { type ItemItemTable, scorePast, solveTables } from '../../../libs/learning/item-item.ts'
import { randomFrom } from '../../../libs/learning/random.ts'
import { sequencesOf } from './sample-sequences.ts'

const lists = fc.array(fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 })

/** XᵀX and XᵀY written down row by row, as the definition has it: the counts never write these rows. */
function countedPlainly(
  sequences: readonly (readonly number[])[],
  decay: number,
  counted: 'in-order' | 'together',
  wholeHistory: number,
  size: number,
) {
  const zeros = (): number[][] => Array.from({ length: size }, () => new Array<number>(size).fill(0))
  const [together, before] = [zeros(), zeros()]
  for (const items of sequences) {
    for (let place = 0; counted === 'in-order' && place + 1 < items.length; place++) {
      const past = new Array<number>(size).fill(0)
      const next = new Array<number>(size).fill(0)
      items.forEach((item, p) => {
        if (p <= place) past[item]! += Math.exp(-(place - p) / decay)
        else next[item]! += Math.exp(-(p - place - 1))
      })
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) {
          together[a]![b]! += past[a]! * past[b]!
          before[a]![b]! += past[a]! * next[b]!
        }
      }
    }
    const distinct = [...new Set(items)]
    for (const a of distinct) {
      for (const b of distinct) {
        together[a]![b]! += wholeHistory
        if (a !== b) before[a]![b]! += wholeHistory
      }
    }
  }
  return { together, before }
}

function togetherIn({ together, catalogSize }: FollowCounts, a: number, b: number): number {
  if (together.kind !== 'dense') throw new Error('a small catalog is kept whole')
  return together.sums[a * catalogSize + b]!
}

describe('the item–item model', () => {
  it('counts what writing down every past and what followed would count', () => {
    fc.assert(
      fc.property(
        lists,
        fc.constantFrom(0.7, 2, 8),
        fc.constantFrom('in-order' as const, 'together' as const),
        fc.constantFrom(0, 1),
        (histories, decay, counted, wholeHistory) => {
          const options = { decay, counted, wholeHistory, neighbours: 8 }
          const counts = countFollowing(sequencesOf(histories, 8), options)
          const plain = countedPlainly(histories, decay, counted, wholeHistory, 8)
          for (let item = 0; item < 8; item++) {
            const row = new Array<number>(8).fill(0)
            for (let other = 0; other < 8; other++) row[other] = togetherIn(counts, item, other)
            const sources = new Array<number>(8).fill(0)
            counts.sources[item]!.forEach((source, s) => {
              sources[source] = counts.strengths[item]![s]!
            })
            for (let other = 0; other < 8; other++) {
              expect(row[other]).toBeCloseTo(plain.together[item]![other]!, 1)
              expect(sources[other]).toBeCloseTo(plain.before[other]![item]!, 1)
            }
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('solves the ridge regression restricted to the sources', () => {
    const counts = countFollowing(
      sequencesOf(
        [
          [0, 1, 2],
          [0, 1, 3],
          [2, 3, 0],
        ],
        4,
      ),
      {
        decay: 2,
        counted: 'in-order',
        wholeHistory: 1,
        neighbours: 4,
      },
    )
    const table = solveTables(counts, [{ ridge: 5, lift: 0 }], 2)[0]!
    const weight = (source: number, target: number): number => {
      for (let at = table.starts[source]!; at < table.starts[source + 1]!; at++) {
        if (table.targets[at] === target) return table.weights[at]!
      }
      return 0
    }
    const target = 1
    const list = [...counts.sources[target]!]
    list.forEach((i, k) => {
      const left = list.reduce((sum, j) => {
        const gram = togetherIn(counts, i, j) + (i === j ? 5 : 0)
        return sum + gram * weight(j, target)
      }, 0)
      expect(left).toBeCloseTo(counts.strengths[target]![k]!, 4)
    })
  })

  it('solves the same of a large catalog, of which pairs are kept and no whole matrix', () => {
    const random = randomFrom(1)
    const histories = Array.from({ length: 40 }, () =>
      Array.from({ length: 8 }, () => Math.floor(random() * 30)),
    )
    const [whole, triangle] = [30, 6_000].map((size) => {
      const options = { decay: 2, counted: 'in-order', wholeHistory: 1, neighbours: 10 } as const
      return countFollowing(sequencesOf(histories, size), options)
    })
    expect([whole!.together.kind, triangle!.together.kind]).toEqual(['dense', 'sparse'])
    const [small, large] = [whole!, triangle!].map((counts) => {
      return solveTables(counts, [{ ridge: 5, lift: 0.2 }], 2)[0]!
    })
    expect(large!.targets).toEqual(small!.targets)
    expect(large!.weights).toEqual(small!.weights)
  })

  it('keeps a pair of a large catalog that is among the strongest of one of its two items only', () => {
    const [size, partners] = [70_000, 600]
    const histories = Array.from({ length: partners }, (_, other) => [other, size - 1])
    const options = { decay: 2, counted: 'in-order', wholeHistory: 1, neighbours: 10 } as const
    const { together } = countFollowing(sequencesOf(histories, size), options)
    if (together.kind !== 'sparse') throw new Error('a large catalog is not kept whole')
    const row = together.columns.slice(together.starts[size - 1], together.starts[size])
    expect(row.sort()).toEqual(Int32Array.from([...Array(partners).keys(), size - 1]))
  })

  it('lifts rare targets by a power of their count, and changes nothing else', () => {
    const counts = countFollowing(
      sequencesOf(
        [
          [0, 1, 2],
          [0, 1, 3, 1],
          [2, 3, 0],
        ],
        4,
      ),
      {
        decay: 2,
        counted: 'in-order',
        wholeHistory: 1,
        neighbours: 4,
      },
    )
    const [plain, lifted] = solveTables(
      counts,
      [
        { ridge: 5, lift: 0 },
        { ridge: 5, lift: 0.5 },
      ],
      2,
    )
    expect(lifted!.targets).toEqual(plain!.targets)
    plain!.weights.forEach((weight, at) => {
      const count = counts.diagonal[plain!.targets[at]!]!
      expect(lifted!.weights[at]).toBeCloseTo(weight / Math.sqrt(count + 1), 6)
    })
  })

  it('learns that what always follows, follows', () => {
    const histories = Array.from({ length: 30 }, (_, u) => [u % 2 === 0 ? 0 : 3, u % 2 === 0 ? 1 : 4, 2])
    const counts = countFollowing(sequencesOf(histories, 5), {
      decay: 0.7,
      counted: 'in-order',
      wholeHistory: 0,
      neighbours: 5,
    })
    const table = solveTables(counts, [{ ridge: 1, lift: 0 }], 0.7)[0]!
    const scores = new Float64Array(5)
    scorePast(table, { items: Int32Array.of(3), times: Float64Array.of(0) }, scores)
    expect(scores[4]).toBeGreaterThan(3 * scores[1]!)
    expect(scores[4]).toBeGreaterThan(3 * scores[3]!)
  })

  it('adds rows by decayed place, and by their mean where times are equal', () => {
    const table: ItemItemTable = {
      starts: Int32Array.of(0, 1, 2, 3),
      targets: Int32Array.of(0, 1, 2),
      weights: Float32Array.of(1, 1, 1),
      decay: 1,
    }
    const scores = new Float64Array(3)
    scorePast(table, { items: Int32Array.of(0, 1, 2), times: Float64Array.of(1, 2, 3) }, scores)
    expect([...scores]).toEqual([Math.exp(-1) ** 2, Math.exp(-1), 1])
    scorePast(table, { items: Int32Array.of(0, 1, 2), times: Float64Array.of(1, 3, 3) }, scores)
    expect(scores[1]).toBeCloseTo((1 + Math.exp(-1)) / 2, 12)
    expect(scores[2]).toBeCloseTo((1 + Math.exp(-1)) / 2, 12)
  })

  it('solves systems as their definition has it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (cells) => {
          const matrix = new Float64Array(9)
          for (let i = 0; i < 3; i++) {
            for (let j = 0; j < 3; j++) {
              for (let k = 0; k < 3; k++) matrix[i * 3 + j]! += cells[i * 3 + k]! * cells[j * 3 + k]!
            }
            matrix[i * 3 + i]! += 1
          }
          const b = Float64Array.of(1, -2, 3)
          const x = b.slice()
          solveCholesky(matrix.slice(), 3, 3, x, 1e-9)
          for (let i = 0; i < 3; i++) {
            const left = [0, 1, 2].reduce((sum, j) => sum + matrix[i * 3 + j]! * x[j]!, 0)
            expect(left).toBeCloseTo(b[i]!, 6)
          }
        },
      ),
    )
  })
})
