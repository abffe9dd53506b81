import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dot, normalized } from '../../../libs/interest/vector.ts'
import { bestFirst, type Scored } from '../../../libs/ranking/rank.ts'
import { storedVectorIndex } from '../../../libs/retrieval/stored-vector-index.ts'

const DIMENSION = 4
const vectorFor = (seed: number) =>
  normalized(Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(seed * 37.7 + i * (seed + 1))))

function bestOf(vectors: ReadonlyMap<string, Float32Array>, query: Float32Array, count: number): Scored[] {
  const scored = [...vectors].map(([itemId, vector]) => ({ itemId, score: dot(vector, query) }))
  return scored.sort(bestFirst).slice(0, count)
}

/** A store that holds what it has taken in so far, and an index beside it that is told of everything at once. */
function indexBesideStore(exactUpTo: number) {
  const here = new Map<string, Float32Array>()
  const there = new Map<string, Float32Array>()
  const index = storedVectorIndex(
    'text',
    DIMENSION,
    { nearest: async (_, query, count) => bestOf(there, query, count).map(({ itemId }) => itemId) },
    exactUpTo,
  )
  return {
    index,
    here,
    put(itemId: string, vector: Float32Array) {
      here.set(itemId, vector)
      index.put(itemId, vector)
    },
    remove(itemId: string) {
      here.delete(itemId)
      index.remove(itemId)
    },
    takeIn(itemId: string) {
      const vector = here.get(itemId)
      if (vector === undefined) there.delete(itemId)
      else there.set(itemId, vector)
      index.indexed(itemId)
    },
  }
}

describe('an index of which the store keeps the graph', () => {
  it('finds what a search by hand finds, however far the store lags behind', async () => {
    const change = fc.record({
      what: fc.constantFrom('put', 'put', 'remove', 'takeIn', 'takeIn'),
      item: fc.nat(60),
      seed: fc.nat(10_000),
    })
    const changes = fc.array(change, { maxLength: 150, size: 'max' })
    await fc.assert(
      fc.asyncProperty(changes, fc.constantFrom(0, 1_000), async (all, exactUpTo) => {
        const { index, here, put, remove, takeIn } = indexBesideStore(exactUpTo)
        for (let n = 0; n < 60; n++) {
          put(`item-${n}`, vectorFor(n))
          takeIn(`item-${n}`)
        }
        for (const { what, item, seed } of all) {
          if (what === 'put') put(`item-${item}`, vectorFor(seed))
          else if (what === 'remove') remove(`item-${item}`)
          else takeIn(`item-${item}`)
        }
        const query = vectorFor(0.5)
        expect(await index.search(query, 5)).toEqual(bestOf(here, query, 5))
        expect(index.size).toBe(here.size)
      }),
    )
  })

  it('finds what there is when all that was nearest has been removed, and the store does not know it yet', async () => {
    const { index, here, put, remove, takeIn } = indexBesideStore(0)
    const query = vectorFor(0.5)
    for (let n = 0; n < 1_000; n++) {
      put(`item-${n}`, vectorFor(n))
      takeIn(`item-${n}`)
    }
    for (const { itemId } of bestOf(here, query, 100)) remove(itemId)
    expect(await index.search(query, 10)).toEqual(bestOf(here, query, 10))
  })
})
