import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dot, normalized } from '../../../libs/interest/vector.ts'
import { bestFirst } from '../../../libs/ranking/rank.ts'
import { vectorIndex } from '../../../libs/retrieval/vector-index.ts'

const DIMENSION = 8

/** A repeatable unit vector for each number. */
function vectorFor(seed: number): Float32Array {
  return normalized(
    Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(seed * 37.7 + i * (seed + 1))),
  )
}

function searchByHand(vectors: ReadonlyMap<string, Float32Array>, query: Float32Array, count: number) {
  const scored = [...vectors].map(([itemId, vector]) => ({ itemId, score: dot(vector, query) }))
  return scored.sort(bestFirst).slice(0, count)
}

const anyChange = fc.record({
  itemId: fc.integer({ min: 0, max: 30 }).map((n) => `item-${n}`),
  seed: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
})

describe.each([
  ['exact', 1_000],
  ['graph', 3],
])('vector index, %s', (_, exactUpTo) => {
  it('finds what a search by hand finds, after any sequence of puts and removals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyChange, { maxLength: 120 }), fc.boolean(), async (changes, settle) => {
        const index = vectorIndex(DIMENSION, exactUpTo)
        const model = new Map<string, Float32Array>()
        for (const { itemId, seed } of changes) {
          if (seed === undefined) {
            index.remove(itemId)
            model.delete(itemId)
          } else {
            index.put(itemId, vectorFor(seed))
            model.set(itemId, vectorFor(seed))
          }
        }
        if (settle) await index.settled()
        const query = vectorFor(0.5)
        const found = index.search(query, 5)
        const wanted = searchByHand(model, query, 5)
        expect(index.size).toBe(model.size)
        expect(found.map((item) => item.score.toFixed(4))).toEqual(
          wanted.map((item) => item.score.toFixed(4)),
        )
        for (const { itemId } of found) expect(model.has(itemId)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('gives back the vector that was put last', () => {
    const index = vectorIndex(DIMENSION, exactUpTo)
    index.put('a', vectorFor(1))
    index.put('a', vectorFor(2))
    expect(index.vectorOf('a')).toEqual(vectorFor(2))
    expect(index.vectorOf('b')).toBeUndefined()
  })
})

describe('vector index, growing past exact search', () => {
  it('keeps answering while the graph is being built, and finds the same after', async () => {
    const index = vectorIndex(DIMENSION, 500)
    for (let n = 0; n < 2_000; n++) index.put(`item-${n}`, vectorFor(n))
    const query = vectorFor(1234.5)
    const during = index.search(query, 10)
    await index.settled()
    expect(index.search(query, 10).map((item) => item.itemId)).toEqual(during.map((item) => item.itemId))
  })

  it('is brought forward by those who search, who else would hold it up', async () => {
    const index = vectorIndex(DIMENSION, 500)
    for (let n = 0; n < 6_000; n++) index.put(`item-${n}`, vectorFor(n))
    index.follow()
    const atFirst = index.outsideGraph
    // Not one turn of the event loop among them.
    for (let n = 0; n < 100; n++) index.search(vectorFor(n + 0.5), 10)
    expect(index.outsideGraph).toBe(atFirst - 300)
    await index.settled()
    expect(index.outsideGraph).toBe(0)
  })
})

describe('vector index, larger than a block of rows', () => {
  it('finds what a search by hand finds, wherever it lies, and takes freed rows again', () => {
    const index = vectorIndex(DIMENSION, 20_000)
    const model = new Map<string, Float32Array>()
    for (let n = 0; n < 9_000; n++) model.set(`item-${n}`, vectorFor(n + 0.5))
    for (const [itemId, vector] of model) index.put(itemId, vector)
    for (let n = 0; n < 9_000; n += 90) {
      index.remove(`item-${n}`)
      model.delete(`item-${n}`)
    }
    for (let n = 9_000; n < 9_050; n++) {
      index.put(`item-${n}`, vectorFor(n + 0.5))
      model.set(`item-${n}`, vectorFor(n + 0.5))
    }
    for (const n of [3, 4_095, 4_096, 8_999, 9_010]) {
      const wanted = searchByHand(model, vectorFor(n + 0.5), 5)
      expect(index.search(vectorFor(n + 0.5), 5).map(({ itemId }) => itemId)).toEqual(
        wanted.map(({ itemId }) => itemId),
      )
      expect(index.vectorOf(`item-${n}`)).toEqual(vectorFor(n + 0.5))
    }
  })
})
