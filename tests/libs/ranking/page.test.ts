import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dot, normalized } from '../../../libs/interest/vector.ts'
import type { Candidate } from '../../../libs/ranking/candidate.ts'
import { composePage } from '../../../libs/ranking/compose-page.ts'
import { categoryLimit, likenessPenalty } from '../../../libs/ranking/diversity.ts'
import { interestSeats } from '../../../libs/ranking/interest-seats.ts'
import type { SourceName } from '../../../libs/ranking/source-name.ts'
import {
  atLeastShares,
  atMostShares,
  placesAtLeast,
  placesAtMost,
} from '../../../libs/ranking/source-shares.ts'
import { anyCandidates, between, candidate, categoryOf, idsOf, vectorOf } from './candidates.ts'

const anyLimit = fc.integer({ min: 1, max: 50 })
const anyLambda = between(0.05, 1)
const free = { hard: [], soft: [] }
const idsOn = (page: readonly { readonly candidate: Candidate }[]) =>
  idsOf(page.map((place) => place.candidate))

/** Maximal marginal relevance as it is defined, in so many words. */
function plainMmr(candidates: readonly Candidate[], lambda: number, limit: number): string[] {
  const rest = [...candidates]
  const page: Candidate[] = []
  while (page.length < limit && rest.length > 0) {
    const values = rest.map(({ itemId, score }) => {
      const likeness = page.map((other) => dot(vectorOf(itemId), vectorOf(other.itemId)))
      return lambda * score - (1 - lambda) * Math.max(0, ...likeness)
    })
    page.push(...rest.splice(values.indexOf(Math.max(...values)), 1))
  }
  return idsOf(page)
}

describe('a page', () => {
  it('is the plain order without rules, and with λ = 1', () => {
    fc.assert(
      fc.property(anyCandidates, anyLimit, (candidates, limit) => {
        const plain = idsOf(candidates).slice(0, limit)
        expect(idsOn(composePage(candidates, limit, free))).toEqual(plain)
        const penalty = likenessPenalty(candidates, vectorOf, 1)
        expect(idsOn(composePage(candidates, limit, { ...free, penalty }))).toEqual(plain)
      }),
    )
  })

  it('has each candidate once at most, and is full while there are candidates', () => {
    fc.assert(
      fc.property(anyCandidates, anyLimit, anyLambda, (candidates, limit, lambda) => {
        const penalty = likenessPenalty(candidates, vectorOf, lambda)
        const ids = idsOn(composePage(candidates, limit, { ...free, penalty }))
        expect(new Set(ids).size).toBe(Math.min(limit, candidates.length))
      }),
    )
  })

  it('is maximal marginal relevance with λ below 1', () => {
    fc.assert(
      fc.property(anyCandidates, anyLimit, anyLambda, (candidates, limit, lambda) => {
        const penalty = likenessPenalty(candidates, vectorOf, lambda)
        expect(idsOn(composePage(candidates, limit, { ...free, penalty }))).toEqual(
          plainMmr(candidates, lambda, limit),
        )
      }),
    )
  })

  it('takes nothing off what has no vector, nor for what has none', () => {
    const hasVector = ({ itemId }: Candidate) => Number(itemId.split('-')[1]) % 2 === 0
    fc.assert(
      fc.property(anyCandidates, anyLambda, (candidates, lambda) => {
        const known = new Map(candidates.filter(hasVector).map(({ itemId }) => [itemId, vectorOf(itemId)]))
        const penalty = likenessPenalty(candidates, (itemId) => known.get(itemId), lambda)
        const page = composePage(candidates, candidates.length, { ...free, penalty })
        const [withVector, without] = [
          page.filter((place) => hasVector(place.candidate)),
          page.filter((place) => !hasVector(place.candidate)),
        ]
        expect(idsOn(withVector)).toEqual(plainMmr(candidates.filter(hasVector), lambda, candidates.length))
        expect(without.map((place) => place.penalty)).toEqual(without.map(() => 0))
      }),
    )
  })

  it('is made diverse in its first 50 places, and in the plain order behind them', () => {
    const alike = Array.from({ length: 60 }, (_, n) => candidate(`item-${n}`, 1 - n / 1_000))
    const same = normalized(Float32Array.of(1, 1, 1))
    const penalty = likenessPenalty(alike, () => same, 0.5)
    const page = composePage(alike, 60, { ...free, penalty })
    expect(page.slice(1, 50).every((place) => place.penalty > 0.99)).toBe(true)
    expect(page.slice(50).map((place) => place.penalty)).toEqual(new Array(10).fill(0))
  })

  it('is more diverse the smaller λ is, where candidates score alike', () => {
    const alike = Array.from({ length: 40 }, (_, n) => candidate(`item-${n}`, 1 - n / 1_000))
    const mostLikeness = (lambda: number) => {
      const penalty = likenessPenalty(alike, vectorOf, lambda)
      const ids = idsOn(composePage(alike, 4, { ...free, penalty }))
      return Math.max(
        ...ids.flatMap((a) => ids.filter((b) => b !== a).map((b) => dot(vectorOf(a), vectorOf(b)))),
      )
    }
    expect(mostLikeness(0.5)).toBeLessThan(mostLikeness(1))
  })

  it('holds at most n of a category, rather leaving places empty', () => {
    fc.assert(
      fc.property(anyCandidates, anyLimit, fc.integer({ min: 1, max: 5 }), (candidates, limit, most) => {
        const rules = { hard: [categoryLimit(most, categoryOf)], soft: [] }
        const counts = new Map<string, number>()
        const allowed = candidates.filter(({ itemId }) => {
          const category = categoryOf(itemId)
          counts.set(category, (counts.get(category) ?? 0) + 1)
          return category === '' || counts.get(category)! <= most
        })
        const ids = idsOn(composePage(candidates, limit, rules))
        expect(ids).toEqual(idsOf(allowed).slice(0, limit))
      }),
    )
  })

  it('keeps the soft rules while a candidate does, the last of them giving way first', () => {
    const ranked = ['item-0', 'item-1', 'item-2', 'item-3'].map((itemId, n) => candidate(itemId, 9 - n))
    const never = (...kept: string[]) => ({
      admits: ({ itemId }: Candidate) => !kept.includes(itemId),
      take: () => {},
    })
    const rules = {
      hard: [never('item-3')],
      soft: [never('item-0', 'item-1'), never('item-1', 'item-2')],
    }
    // None keeps both; item-2 keeps the first, and then there is nothing left but to break that one, too.
    expect(idsOn(composePage(ranked, 4, rules))).toEqual(['item-2', 'item-0', 'item-1'])
  })

  it('keeps what each source gets at most, and at least as far as it has proposals', () => {
    const anyPart = between(0, 1)
    fc.assert(
      fc.property(
        anyCandidates,
        fc.integer({ min: 1, max: 10 }),
        anyPart,
        anyPart,
        (candidates, limit, least, most) => {
          const atLeast = Math.min(least, 0.5)
          const shares = new Map<SourceName, { atLeast: number; atMost: number }>([
            ['trending', { atLeast: 0, atMost: most }],
            ['neighbors', { atLeast, atMost: 1 }],
          ])
          const rules = {
            hard: [atMostShares(shares, limit)],
            soft: [atLeastShares(shares, limit, candidates)],
          }
          const page = composePage(candidates, limit, rules)
          const countOf = (list: readonly Candidate[], source: SourceName) =>
            list.filter(({ origin }) => origin === source).length
          const placed = page.map((place) => place.candidate)
          expect(countOf(placed, 'trending')).toBeLessThanOrEqual(Math.ceil(most * limit))
          const owed = Math.min(Math.floor(atLeast * limit), countOf(candidates, 'neighbors'))
          expect(countOf(placed, 'neighbors')).toBeGreaterThanOrEqual(owed)
        },
      ),
    )
  })
})

describe('shares of sources', () => {
  const share = (atLeast: number, atMost: number) =>
    new Map([['trending' as SourceName, { atLeast, atMost }]])
  const isTrending = ({ origin }: Candidate) => origin === 'trending'
  const anyPlaces = fc.integer({ min: 1, max: 20 })
  const anyPart = fc.integer({ min: 0, max: 100 })

  it('pass over what a source has beyond its part, rounded up', () => {
    fc.assert(
      fc.property(anyCandidates, anyPlaces, anyPart, (candidates, limit, percent) => {
        const rules = { hard: [atMostShares(share(0, percent / 100), limit)], soft: [] }
        const most = Math.ceil((percent * limit) / 100)
        const beyond = new Set(candidates.filter(isTrending).slice(most))
        const expected = candidates.filter((each) => !beyond.has(each)).slice(0, limit)
        expect(idsOn(composePage(candidates, limit, rules))).toEqual(idsOf(expected))
      }),
    )
  })

  it('keep the last places for what a source is owed, rounded down, and change nothing where it earned them', () => {
    fc.assert(
      fc.property(anyCandidates, anyPlaces, anyPart, (candidates, limit, percent) => {
        const rules = { hard: [], soft: [atLeastShares(share(percent / 100, 1), limit, candidates)] }
        const proposals = candidates.filter(isTrending)
        const earned = candidates.slice(0, limit).filter(isTrending).length
        const owed = Math.max(earned, Math.min(Math.floor((percent * limit) / 100), proposals.length))
        const others = candidates.filter((each) => !isTrending(each)).slice(0, limit - owed)
        const expected = new Set([...proposals.slice(0, owed), ...others])
        expect(idsOn(composePage(candidates, limit, rules))).toEqual(
          idsOf(candidates.filter((each) => expected.has(each))),
        )
      }),
    )
  })
})

describe('a part of a page', () => {
  it('is counted in whole places exactly, where a product of fractions would be a trifle more or less', () => {
    const wrong: string[] = []
    for (let percent = 0; percent <= 100; percent++) {
      for (let limit = 1; limit <= 100; limit++) {
        const [part, whole] = [percent / 100, (percent * limit) / 100]
        const [least, most] = [placesAtLeast(part, limit), placesAtMost(part, limit)]
        if (least !== Math.floor(whole) || most !== Math.ceil(whole))
          wrong.push(`${part} of ${limit}: ${least}, ${most}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('places shared out among interests', () => {
  const axis = (n: number) => Float32Array.from([0, 1, 2].map((i) => (i === n ? 1 : 0)))
  const kindOf = (itemId: string) => Number(itemId.split('-')[1]) % 3
  const centreOf = (itemId: string) => axis(kindOf(itemId))
  const candidates = Array.from({ length: 90 }, (_, n) =>
    candidate(`item-${n}`, 10 - kindOf(`item-${n}`) * 3 - n / 100),
  ).sort((a, b) => b.score - a.score)

  it('are in proportion to mass on every beginning of the page, to one place', () => {
    const anyMass = between(0.05, 5)
    fc.assert(
      fc.property(anyMass, anyMass, anyMass, (...masses) => {
        const interests = masses.map((mass, n) => ({ mass, centre: axis(n) }))
        const rules = { hard: [], soft: [interestSeats(interests, candidates, centreOf)] }
        const ids = idsOn(composePage(candidates, 30, rules))
        const total = masses.reduce((sum, mass) => sum + mass, 0)
        for (let length = 1; length <= 30; length++) {
          for (const [n, mass] of masses.entries()) {
            const seats = ids.slice(0, length).filter((itemId) => kindOf(itemId) === n).length
            expect(Math.abs(seats - (length * mass) / total)).toBeLessThanOrEqual(1.5)
          }
        }
      }),
    )
  })

  it('fit an item without a vector, which then takes the place of the interest that is next', () => {
    const interests = [0, 1].map((n) => ({ mass: 1, centre: axis(n) }))
    const few = [candidate('item-99', 10), candidate('item-0', 9), candidate('item-1', 8)]
    const vectorOf = (itemId: string) => (itemId === 'item-99' ? undefined : centreOf(itemId))
    const page = composePage(few, 2, { hard: [], soft: [interestSeats(interests, few, vectorOf)] })
    expect(idsOn(page)).toEqual(['item-99', 'item-1'])
  })

  it('go to the others when an interest has no more candidates', () => {
    const few = candidates.filter(({ itemId }) => kindOf(itemId) !== 1 || itemId === 'item-1')
    const interests = [1, 5, 1].map((mass, n) => ({ mass, centre: axis(n) }))
    const page = composePage(few, 20, { hard: [], soft: [interestSeats(interests, few, centreOf)] })
    const kinds = idsOn(page).map(kindOf)
    expect(kinds[0]).toBe(1)
    expect([0, 2].map((kind) => kinds.filter((each) => each === kind).length)).toEqual([10, 9])
  })

  it('are in the order of score within an interest', () => {
    const interests = [3, 2, 1].map((mass, n) => ({ mass, centre: axis(n) }))
    const ids = idsOn(
      composePage(candidates, 30, { hard: [], soft: [interestSeats(interests, candidates, centreOf)] }),
    )
    for (const kind of [0, 1, 2]) {
      const own = ids.filter((itemId) => kindOf(itemId) === kind)
      expect(own).toEqual(
        idsOf(candidates)
          .filter((itemId) => kindOf(itemId) === kind)
          .slice(0, own.length),
      )
    }
  })
})
