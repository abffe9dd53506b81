import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../../libs/interest/remembered-event.ts'
import { splitInterests } from '../../../libs/interest/split-interests.ts'
import { dot, normalized } from '../../../libs/interest/vector.ts'

const T0 = Date.UTC(2026, 0, 1)
const options = { nowMs: T0, halfLifeMs: 86_400_000, mostInterests: 5 }

/** Items of a topic lie near an axis of their own: `thriller-3` near the one of thrillers. */
function vectorOf(itemId: string): Float32Array {
  const [topic, number] = itemId.split('-') as [string, string]
  const axis = ['thriller', 'cooking', 'jazz'].indexOf(topic)
  return normalized(
    Float32Array.from({ length: 6 }, (_, i) => (i === axis ? 1 : 0.15 * Math.sin(Number(number) * 7 + i))),
  )
}

const event = (itemId: string, weight = 2) => ({
  fingerprint: fingerprintOf(itemId),
  itemId,
  type: 'click',
  occurredAtMs: T0,
  weight,
})
const events = (topic: string, count: number) =>
  Array.from({ length: count }, (_, n) => event(`${topic}-${n}`))

describe('several interests', () => {
  it('tells thrillers from cooking, with the mass of each', () => {
    const interests = splitInterests([...events('thriller', 7), ...events('cooking', 3)], vectorOf, options)
    expect(interests.map((interest) => interest.mass)).toEqual([14, 6])
    expect(interests.map((interest) => interest.exemplar.itemId.split('-')[0])).toEqual([
      'thriller',
      'cooking',
    ])
    for (const interest of interests) {
      expect(new Set(interest.events.map((each) => each.itemId.split('-')[0])).size).toBe(1)
    }
  })

  it('leaves one interest whole', () => {
    expect(splitInterests(events('jazz', 6), vectorOf, options)).toHaveLength(1)
  })

  it('counts what is left of each event: for the mass, for the order of the events, and for the one that stands for all', () => {
    const day = options.halfLifeMs
    const aged = Array.from({ length: 6 }, (_, n) => {
      return { ...event(`jazz-${n}`, 8), occurredAtMs: T0 - ((n * 5) % 6) * day }
    })
    const [jazz, ...others] = splitInterests(aged, vectorOf, options)
    expect(others).toEqual([])
    expect(jazz!.mass).toBeCloseTo(8 * (2 - 2 ** -5), 9)
    const newestFirst = aged.toSorted((a, b) => b.occurredAtMs - a.occurredAtMs)
    expect(jazz!.events).toEqual(newestFirst)
    expect(jazz!.exemplar).toEqual(newestFirst[0])
  })

  it('are no more than are asked for', () => {
    const all = [...events('thriller', 5), ...events('cooking', 4), ...events('jazz', 3)]
    const count = (mostInterests: number) =>
      splitInterests(all, vectorOf, { ...options, mostInterests }).length
    expect([1, 2, 3, 5].map(count)).toEqual([1, 2, 3, 3])
  })

  it('does not depend on the order of the events', () => {
    const all = [...events('thriller', 5), ...events('cooking', 4), ...events('jazz', 3)]
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
    fc.assert(
      fc.property(shuffled, (other) => {
        expect(splitInterests(other, vectorOf, options)).toEqual(splitInterests(all, vectorOf, options))
      }),
    )
  })

  it('takes an item that was chosen several times for as many items that are all alike', () => {
    const chosen = fc.array(fc.tuple(fc.constantFrom('thriller', 'cooking', 'jazz'), fc.nat(3)), {
      minLength: 2,
      maxLength: 20,
    })
    const itemOf = ({ itemId }: { itemId: string }) => itemId.split('#')[0]!
    /** By its events. Which of two that are equally near the centre is the exemplar, rounding decides. */
    const interestsIn = (history: readonly ReturnType<typeof event>[]) => {
      const split = splitInterests(history, (itemId) => vectorOf(itemOf({ itemId })), options)
      return new Map(
        split.map((each) => [
          each.events
            .map(({ fingerprint }) => fingerprint)
            .sort()
            .join(),
          each,
        ]),
      )
    }
    fc.assert(
      fc.property(chosen, (choices) => {
        const several = choices.map(([topic, number], n) => event(`${topic}-${number}#${n}`))
        const one = interestsIn(several.map((each) => ({ ...each, itemId: itemOf(each) })))
        const others = interestsIn(several)
        expect([...one.keys()].sort()).toEqual([...others.keys()].sort())
        for (const [events, { mass, exemplar, centre }] of one) {
          const other = others.get(events)!
          expect(mass).toBeCloseTo(other.mass, 9)
          expect(dot(centre, other.centre)).toBeCloseTo(1, 6)
          const nearness = ({ itemId }: { itemId: string }) => dot(vectorOf(itemOf({ itemId })), centre)
          expect(nearness(exemplar)).toBeCloseTo(nearness(other.exemplar), 5)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leaves out what was disliked, and is empty for nobody', () => {
    expect(splitInterests([event('jazz-1', -4)], vectorOf, options)).toEqual([])
  })
})
