import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countEvent,
  countsAt,
  type DecayedCounts,
  emptyCounts,
  pruneCounts,
  pruneGroups,
} from '../../../libs/interest/decayed-counts.ts'

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 0, 1)

interface Counted {
  readonly itemId: string
  readonly weight: number
  readonly occurredAtMs: number
}

/** Half-lives apart by more than a float64 has exponents for. */
const anyEvents = fc.array(
  fc.record({
    itemId: fc.constantFrom('a', 'b', 'c'),
    weight: fc.constantFrom(1, 2, 8),
    occurredAtMs: fc.nat(3_000).map((hours) => T0 + hours * HOUR),
  }),
  { minLength: 1, maxLength: 20 },
)

function countsOf(events: readonly Counted[]): DecayedCounts {
  const counts = emptyCounts()
  for (const event of events) countEvent(counts, event, HOUR)
  return counts
}

const countsWith = (weights: Readonly<Record<string, number>>, landmarkMs = T0): DecayedCounts => ({
  landmarkMs,
  weights: new Map(Object.entries(weights)),
})

describe('decayed counts', () => {
  it('are the sum of what is left of each event, in whatever order these came and however long ago', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(20), (events, later) => {
        const nowMs = Math.max(...events.map(({ occurredAtMs }) => occurredAtMs)) + later * HOUR
        const expected = new Map<string, number>()
        for (const { itemId, weight, occurredAtMs } of events) {
          const left = weight * 2 ** (-(nowMs - occurredAtMs) / HOUR)
          expected.set(itemId, (expected.get(itemId) ?? 0) + left)
        }
        const counts = countsAt([countsOf(events)], nowMs, HOUR)
        expect([...counts.keys()].sort()).toEqual([...expected.keys()].sort())
        for (const [itemId, count] of expected) expect(counts.get(itemId)).toBeCloseTo(count, 9)
      }),
    )
  })

  it('keep the largest when too many have gathered, the first by name of those that are alike', () => {
    const anyWeights = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(anyWeights, fc.integer({ min: 1, max: 20 }), (weights, most) => {
        const all = weights.map((weight, n) => [`item-${n}`, weight] as const)
        const counts: DecayedCounts = { landmarkMs: T0, weights: new Map(all) }
        pruneCounts(counts, most)
        const best = all.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most)
        const kept = all.length > 1.25 * most ? best : all
        expect(new Map(counts.weights)).toEqual(new Map(kept))
      }),
    )
  })

  it('are dropped in groups of which least is left, be their landmarks further apart than numbers reach', () => {
    const groups = new Map([
      ['old', countsWith({ a: 1e6, b: 1e6 }, T0)],
      ['light', countsWith({ a: 3 }, T0 + 5_000 * HOUR)],
      ['rich', countsWith({ a: 1, b: 1 }, T0 + 5_001 * HOUR)],
      ['older', countsWith({ a: 1 }, T0)],
    ])
    pruneGroups(groups, 3, HOUR)
    expect([...groups.keys()]).toEqual(['old', 'light', 'rich'])
    pruneGroups(groups, 2, HOUR)
    expect([...groups.keys()]).toEqual(['light', 'rich'])
    pruneGroups(groups, 1, HOUR)
    expect([...groups.keys()]).toEqual(['rich'])
  })
})
