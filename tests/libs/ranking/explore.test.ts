import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explorationSchema, explore, type Fits } from '../../../libs/ranking/explore.ts'
import { anyCandidates, between, candidate, idsOf } from './candidates.ts'

const page = Array.from({ length: 10 }, (_, n) => candidate(`item-${n}`, 10 - n))
const pool = Array.from({ length: 50 }, (_, n) => candidate(`fresh-${n}`, 0))
const explored = (share: number, seed: string) => explore(page, pool, { share }, seed)
const count = (places: readonly { exploration: boolean }[]) =>
  places.filter((place) => place.exploration).length

describe('exploration', () => {
  it('is repeated by the same seed, and different with another', () => {
    expect(explored(0.3, 'a')).toEqual(explored(0.3, 'a'))
    const pages = Array.from({ length: 20 }, (_, n) =>
      idsOf(explored(0.3, `seed ${n}`).map((each) => each.candidate)).join(),
    )
    expect(new Set(pages).size).toBeGreaterThan(15)
    const places = Array.from({ length: 100 }, (_, n) =>
      explored(0.1, `seed ${n}`).findIndex((each) => each.exploration),
    )
    expect(new Set(places).size).toBe(10)
  })

  it('changes nothing at share 0, and says of each place whether it was explored', () => {
    fc.assert(
      fc.property(anyCandidates, between(0, 1), fc.string(), (own, share, seed) => {
        const places = explore(own, pool, { share }, seed)
        expect(places).toHaveLength(own.length)
        expect(count(explore(own, pool, { share: 0 }, seed))).toBe(0)
        for (const [n, place] of places.entries()) {
          if (place.exploration) expect(pool).toContain(place.candidate)
          else expect(place.candidate).toBe(own[n])
        }
        expect(new Set(places.map((place) => place.candidate.itemId)).size).toBe(own.length)
      }),
    )
  })

  it('takes the share of places it is given, on average and never one more', () => {
    const counts = Array.from({ length: 2_000 }, (_, n) => count(explored(0.25, `seed ${n}`)))
    expect(new Set(counts)).toEqual(new Set([2, 3]))
    const mean = counts.reduce((sum, each) => sum + each, 0) / counts.length
    expect(Math.abs(mean - 2.5)).toBeLessThan(0.05)
  })

  it('takes no more than there is to explore', () => {
    expect(count(explore(page, pool.slice(0, 2), { share: 1 }, 'a'))).toBe(2)
    expect(count(explore(page, page, { share: 1 }, 'a'))).toBe(0)
  })

  it('gives places only to what fits beside the rest, and another place where one fits nothing', () => {
    // Every second item is of the same kind, of which a page takes two.
    const isOdd = ({ itemId }: { itemId: string }) => /[13579]$/.test(itemId)
    const fits: Fits = (beside) => (each) => !isOdd(each) || beside.filter(isOdd).length < 2
    fc.assert(
      fc.property(between(0, 1), fc.string(), (share, seed) => {
        const even = page.filter((each) => !isOdd(each))
        const places = explore(even, pool, { share }, seed, fits)
        expect(places.filter((place) => isOdd(place.candidate)).length).toBeLessThanOrEqual(2)
        expect(count(places)).toBe(count(explore(even, pool, { share }, seed)))
      }),
    )
    expect(count(explore(page, pool, { share: 1 }, 'a', () => () => false))).toBe(0)
    // What gives way makes room: an odd one may take the place of an odd one.
    const twoOdd = page.slice(0, 4)
    expect(count(explore(twoOdd, pool.filter(isOdd), { share: 1 }, 'a', fits))).toBe(2)
  })

  it.each([[{ share: -0.1 }], [{ share: 1.1 }], [{ share: 'much' }], [{ part: 0.1 }]])(
    'refuses %j',
    (wrong) => {
      expect(explorationSchema.safeParse(wrong).success).toBe(false)
    },
  )
})
