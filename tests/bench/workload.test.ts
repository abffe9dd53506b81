import { describe, expect, it } from 'vitest'
import { clusteredVectors, eventsOf, randomOf, zipf } from '../../bench/workload.ts'

describe('the workload', () => {
  const drawn = (flat?: number) => Array.from({ length: 10_000 }, zipf(1_000, randomOf(3), flat))
  const countsOf = (draws: readonly number[]) => {
    const counts = new Map<number, number>()
    for (const draw of draws) counts.set(draw, (counts.get(draw) ?? 0) + 1)
    return counts
  }

  it('is the same for the same seed, and a few get most of it', () => {
    expect(drawn()).toEqual(drawn())
    const counts = countsOf(drawn())
    expect(Math.min(...counts.keys())).toBe(0)
    expect(Math.max(...counts.keys())).toBeLessThan(1_000)
    expect(counts.get(0)!).toBeGreaterThan(20 * (counts.get(500) ?? 0))
  })

  it('gives the first of them their documented part', () => {
    const users = zipf(100_000, randomOf(5), 100)
    const draws = Array.from({ length: 200_000 }, users)
    expect(draws.filter((user) => user === 0).length / draws.length).toBeCloseTo(0.0014, 3)
  })

  it('tells of events in the order in which they happened, each with an id of its own', () => {
    const events = [...eventsOf(1_000, { users: 50, items: 20, beganMs: 1_700_000_000_000 })]
    expect(events.map(({ occurredAt }) => occurredAt)).toEqual(
      events.map(({ occurredAt }) => occurredAt).toSorted(),
    )
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(1_000)
  })

  it('has unit vectors that lie near others of their cluster', () => {
    const vectors = clusteredVectors(40, 64, 4, 1)
    const dot = (a: number, b: number) => vectors[a]!.reduce((sum, x, d) => sum + x * vectors[b]![d]!, 0)
    for (const n of vectors.keys()) expect(dot(n, n)).toBeCloseTo(1, 5)
    expect(Math.min(dot(0, 4), dot(1, 5), dot(2, 38))).toBeGreaterThan(
      Math.max(dot(0, 1), dot(4, 2), dot(3, 5)),
    )
  })
})
