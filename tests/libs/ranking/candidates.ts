import fc from 'fast-check'
import { expect } from 'vitest'
import { normalized } from '../../../libs/interest/vector.ts'
import { type Candidate, inOrder } from '../../../libs/ranking/candidate.ts'
import type { SourceName } from '../../../libs/ranking/source-name.ts'

/** Numbers spread evenly, in thousandths: those of `fc.double` are mostly next to nothing. */
export function between(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: Math.ceil(min * 1_000), max: Math.floor(max * 1_000) }).map((n) => n / 1_000)
}

/** Candidates with distinct ids, best first; `item-7` has the vector of `vectorOf`. */
export const anyCandidates = fc
  .uniqueArray(
    fc.record({
      item: fc.nat(60),
      score: between(-3, 5),
      origin: fc.constantFrom<SourceName | undefined>('interests', 'trending', 'neighbors', undefined),
    }),
    { selector: ({ item }) => item, maxLength: 40 },
  )
  .map((all) => inOrder(all.map(({ item, score, origin }) => candidate(`item-${item}`, score, origin))))

export function candidate(itemId: string, score: number, origin?: SourceName): Candidate {
  return { itemId, score, stageShares: [], origin, leading: origin }
}

/** A repeatable unit vector of 5 dimensions for each item. */
export function vectorOf(itemId: string): Float32Array {
  const seed = Number(itemId.split('-')[1])
  return normalized(Float32Array.from({ length: 5 }, (_, i) => Math.sin(seed * 12.9 + i * 78.2)))
}

export const categoryOf = (itemId: string) => ['film', 'books', ''][Number(itemId.split('-')[1]) % 3]!

export const idsOf = (candidates: readonly { readonly itemId: string }[]) =>
  candidates.map(({ itemId }) => itemId)

export function expectSharesToSum({
  score,
  shares,
}: {
  readonly score: number
  readonly shares: readonly { readonly share: number }[]
}): void {
  const sum = shares.reduce((total, { share }) => total + share, 0)
  const size = shares.reduce((total, { share }) => total + Math.abs(share), Math.abs(score))
  expect(Math.abs(sum - score)).toBeLessThanOrEqual(1e-6 * Math.max(size, 1e-9))
}
