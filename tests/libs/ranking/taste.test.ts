import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { emptyInterest, foldEvent, type InterestState } from '../../../libs/interest/interest-state.ts'
import { normalized } from '../../../libs/interest/vector.ts'
import { defaultScoreWeights, scoreOf, tasteAt } from '../../../libs/ranking/taste.ts'

const T0 = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000
const LONGEST = 720 * HOUR
const shape = interestShape(
  [
    { name: 'text', dimension: 4, model: 'm' },
    { name: 'image', dimension: 3, model: 'm' },
  ],
  [
    { name: 'session', halfLifeMs: HOUR / 2 },
    { name: 'recent', halfLifeMs: 24 * HOUR },
    { name: 'lasting', halfLifeMs: LONGEST },
  ],
)
/** `image` is not named, and neither is `session`. */
const weights = { spaces: { text: 0.7 }, timescales: { recent: 0.3, lasting: 0.2 } }

/** A repeatable item for each number. */
function itemVectors(seed: number): Map<string, Float32Array> {
  const vector = (length: number) =>
    normalized(Float32Array.from({ length }, (_, i) => Math.sin(seed * 12.9 + i * 78.2)))
  return new Map(shape.spaces.map(({ name, dimension }) => [name, vector(dimension)]))
}

interface Deed {
  readonly item: number
  readonly occurredAtMs: number
  readonly weight: number
}

const anyDeeds = fc.array(
  fc.record({
    item: fc.nat(30),
    occurredAtMs: fc.integer({ min: T0, max: T0 + 48 * HOUR }),
    weight: fc.constantFrom(1, 2, 8, -4),
  }),
  { minLength: 1, maxLength: 20 },
)

function stateAfter(deeds: readonly Deed[]): InterestState {
  const state = emptyInterest(shape)
  for (const deed of deeds) foldEvent(state, shape, deed, itemVectors(deed.item))
  return state
}

const queriesAt = (state: InterestState, nowMs: number) => tasteAt(state, shape, weights, nowMs).queries

/** `S_τ` of one space at `nowMs`, event by event. */
function sumAt(deeds: readonly Deed[], space: string, halfLifeMs: number, nowMs: number): number[] {
  const sum: number[] = []
  for (const { item, occurredAtMs, weight } of deeds) {
    const left = weight * 2 ** (-(nowMs - occurredAtMs) / halfLifeMs)
    for (const [i, component] of itemVectors(item).get(space)!.entries())
      sum[i] = (sum[i] ?? 0) + left * component
  }
  return sum
}

describe('a taste', () => {
  it('hears each timescale at its weight times S / (‖S‖ + 1), as S stands at the moment', () => {
    fc.assert(
      fc.property(anyDeeds, fc.integer({ min: 0, max: 4 * LONGEST }), (deeds, laterMs) => {
        const state = stateAfter(deeds)
        const nowMs = state.asOfMs + laterMs
        const queries = queriesAt(state, nowMs)
        for (const { name: space, dimension } of shape.spaces) {
          const expected = new Array<number>(dimension).fill(0)
          for (const { name, halfLifeMs } of shape.timescales) {
            const sum = sumAt(deeds, space, halfLifeMs, nowMs)
            const weight = { text: 0.7, image: 1 }[space]! * { session: 0, recent: 0.3, lasting: 0.2 }[name]!
            for (const [i, component] of sum.entries())
              expected[i]! += (weight * component) / (Math.hypot(...sum) + 1)
          }
          for (const [i, component] of expected.entries())
            expect(queries.get(space)![i]).toBeCloseTo(component, 5)
        }
      }),
    )
  })

  it('fades to a thousandth and no further, and does not grow where the clock trails the newest event', () => {
    const state = stateAfter([{ item: 4, occurredAtMs: T0, weight: 1 }])
    const faintest = queriesAt(state, T0 + 10 * LONGEST)
    expect(queriesAt(state, T0 + 9 * LONGEST)).not.toEqual(faintest)
    expect(queriesAt(state, T0 + 1_000 * LONGEST)).toEqual(faintest)
    expect(queriesAt(state, T0 - LONGEST)).toEqual(queriesAt(state, T0))
  })

  it('is for what was liked even years ago, and against what was disliked', () => {
    for (const weight of [8, -4]) {
      const state = stateAfter([{ item: 4, occurredAtMs: T0, weight }])
      const { queries } = tasteAt(state, shape, defaultScoreWeights, T0 + 20 * 8_760 * HOUR)
      expect(Math.sign(scoreOf(queries, itemVectors(4)))).toBe(Math.sign(weight))
      const gap = scoreOf(queries, itemVectors(4)) - scoreOf(queries, itemVectors(5))
      expect(Math.sign(gap)).toBe(Math.sign(weight))
    }
  })
})
