import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Choice } from '../../../libs/learning/choice.ts'
import { gainOf } from '../../../libs/learning/gain.ts'
import { factorItems } from '../../../libs/learning/item-factors.ts'
import { tuneMixture } from '../../../libs/learning/mixture.ts'
import { placeWeights } from '../../../libs/learning/past.ts'
import { randomFrom } from '../../../libs/learning/random.ts'
import { decayedPopularity } from '../../../libs/learning/sources/popularity.ts'
import { standardise } from '../../../libs/learning/standardise.ts'
import { strongest } from '../../../libs/ranking/strongest.ts'
import { pastOf } from './sample-past.ts'
import { sequencesOf } from './sample-sequences.ts'

describe('weights by place', () => {
  it('do not depend on the order of events of one time, and sum to what they would sum to in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0.7, 3, 20),
        (raw, decay) => {
          const times = Float64Array.from(raw).sort()
          const weights = placeWeights(times, decay)
          weights.forEach((weight, k) => {
            const [own, before] = [times[times.length - 1 - k], times[times.length - k]]
            if (k > 0 && own === before) expect(weight).toBe(weights[k - 1])
            if (k > 0) expect(weight).toBeLessThanOrEqual(weights[k - 1]!)
          })
          const sum = weights.reduce((total, weight) => total + weight, 0)
          const plain = weights.reduce((total, _, k) => total + Math.exp(-k / decay), 0)
          expect(sum).toBeCloseTo(plain, 9)
        },
      ),
    )
  })
})

describe('the strongest of many', () => {
  it('are those that sorting finds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 40 }), fc.nat(20), (values, most) => {
        const merits = Float64Array.from(values)
        const all = Int32Array.from(values.keys())
        const sorted = [...all].sort((a, b) => merits[b]! - merits[a]! || a - b).slice(0, most)
        expect([...strongest(all, merits, most)]).toEqual(sorted.sort((a, b) => a - b))
      }),
    )
  })
})

describe('item factors', () => {
  it('bring items of the same people together, as unit vectors, and leave unknown items at zero', () => {
    const lists = Array.from({ length: 40 }, (_, u) =>
      (u % 2 === 0 ? [0, 1, 2, 3] : [4, 5, 6, 7]).slice(u % 3),
    )
    const { dimension, vectors } = factorItems(sequencesOf(lists, 9), { dimension: 2, seed: 1 })
    const cosine = (a: number, b: number): number => {
      let sum = 0
      for (let k = 0; k < dimension; k++) sum += vectors[a * dimension + k]! * vectors[b * dimension + k]!
      return sum
    }
    expect(cosine(3, 3)).toBeCloseTo(1, 5)
    expect(cosine(2, 3)).toBeGreaterThan(0.9)
    expect(Math.abs(cosine(3, 7))).toBeLessThan(0.1)
    expect(cosine(8, 8)).toBe(0)
  })

  it('bring together what people do in one go, not all that one person did', () => {
    // Everybody goes through 0 1 2 at the beginning and through 3 4 5 long after.
    const between = Array.from({ length: 60 }, (_, step) => 6 + step)
    const lists = Array.from({ length: 30 }, (_, u) => [
      ...[0, 1, 2].slice(u % 2),
      ...between.slice(u),
      ...between.slice(0, u),
      ...[3, 4, 5].slice(u % 2),
    ])
    const { dimension, vectors } = factorItems(sequencesOf(lists, 66), { dimension: 3, seed: 1 })
    const cosine = (a: number, b: number): number => {
      let sum = 0
      for (let k = 0; k < dimension; k++) sum += vectors[a * dimension + k]! * vectors[b * dimension + k]!
      return sum
    }
    expect(cosine(1, 2)).toBeGreaterThan(0.9)
    expect(cosine(4, 5)).toBeGreaterThan(0.9)
    expect(cosine(2, 4)).toBeLessThan(0.5)
  })
})

describe('a tuned mixture', () => {
  const choicesFrom = (seed: number, useful: number): Choice[] => {
    const random = randomFrom(seed)
    return Array.from({ length: 200 }, () => {
      const scores = Float32Array.from({ length: 3 * 30 }, () => random())
      // The taken one stands first, and one component sees it.
      scores[30 * useful] = 0.7 + 0.3 * random()
      return { scores, taken: 1, proposed: true }
    })
  }

  it('gives most to the component that sees what is taken', () => {
    const weights = tuneMixture(choicesFrom(1, 1), ['a', 'b', 'c'])
    expect(weights.b).toBe(1)
    expect(weights.a ?? 0).toBeLessThan(0.5)
    expect(weights.c ?? 0).toBeLessThan(0.5)
  })

  it('leaves no component below 0 and at least one above', () => {
    const weights = Object.values(tuneMixture(choicesFrom(2, 0), ['a', 'b', 'c']))
    expect(Math.max(...weights)).toBe(1)
    expect(Math.min(...weights)).toBeGreaterThan(0)
  })

  it('stays with what each is worth alone where the choices do not tell clearly', () => {
    const random = randomFrom(3)
    const choices = Array.from({ length: 12 }, () => {
      const scores = Float32Array.from({ length: 2 * 30 }, () => random())
      scores[0] = 0.9
      scores[30] = 0.95
      return { scores, taken: 1, proposed: true }
    })
    const [a, b] = [gainOf(choices, 0, 2), gainOf(choices, 1, 2)]
    const weights = tuneMixture(choices, ['a', 'b'])
    // The better one also has the few votes of the best alone.
    const ratio = weights.a! / weights.b!
    expect(ratio).toBeLessThan(a / b)
    expect(ratio).toBeGreaterThan(0.8 * (a / b) ** 8)
  })

  it('lets many that know little not drown one that knows', () => {
    const random = randomFrom(5)
    const names = ['own', ...Array.from({ length: 12 }, (_, n) => `noise${n}`)]
    const [choiceCount, size] = [40, 60]
    const choices = Array.from({ length: choiceCount }, () => {
      const scores = Float32Array.from({ length: names.length * size }, () => random())
      scores[0] = 0.97
      return { scores, taken: 1, proposed: true }
    })
    const [own, noise] = [gainOf(choices, 0, names.length), gainOf(choices, 1, names.length)]
    const weights = tuneMixture(choices, names)
    expect(weights.noise0 ?? 0).toBeLessThanOrEqual((noise / own) ** 4 + 1e-9)
  })

  it('counts equals as sharing their places, so that knowing nothing is worth nothing', () => {
    const blank = { scores: new Float32Array(100), taken: 1, proposed: true }
    expect(gainOf([blank], 0, 1)).toBe(0)
    const shared = { scores: Float32Array.of(1, 1, 1, 0), taken: 1, proposed: true }
    expect(gainOf([shared], 0, 1)).toBeCloseTo(1 / Math.log2(3), 12)
  })

  it('is equal weights where nothing was to be learned, the variants of a part sharing its vote', () => {
    expect(tuneMixture([], ['a', 'b@1', 'b@2'])).toEqual({ a: 1, 'b@1': 0.5, 'b@2': 0.5 })
  })
})

describe('standard scores', () => {
  it('have mean 0 and deviation 1, and equal scores say nothing', () => {
    const scores = Float64Array.of(1, 2, 3, 10)
    standardise(scores)
    expect(scores.reduce((a, b) => a + b)).toBeCloseTo(0, 12)
    expect(scores.reduce((sum, x) => sum + x * x, 0) / 4).toBeCloseTo(1, 12)
    const flat = Float64Array.of(5, 5, 5)
    standardise(flat)
    expect([...flat]).toEqual([0, 0, 0])
  })
})

describe('decayed popularity', () => {
  it('counts what came before the moment of asking, halved with every half-life, in whatever order it is asked', () => {
    const sequences = {
      ...sequencesOf(
        [
          [0, 1],
          [0, 1],
        ],
        2,
      ),
      times: Float64Array.of(0, 100, 50, 200),
    }
    const source = decayedPopularity(sequences, [100])
    const at = (nowMs: number): number[] => {
      const scores = new Float64Array(2)
      source.score(pastOf([], [], nowMs), [scores])
      return [...scores]
    }
    const [early, late] = [at(100), at(201)]
    expect(early[0]! / (1 + 2 ** 0.5)).toBeCloseTo(1, 12)
    expect(early[1]).toBe(0)
    expect(late[1]! / late[0]!).toBeCloseTo((2 + 4) / (1 + 2 ** 0.5), 12)
    expect(at(100)).toEqual(early)
  })
})
