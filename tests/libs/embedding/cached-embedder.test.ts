import { describe, expect, it } from 'vitest'
import { cachedEmbedder, type EmbeddingStore, embeddingKey } from '../../../libs/embedding/cached-embedder.ts'
import type { Embedder } from '../../../libs/embedding/embedder.ts'

/** Its vectors hold the text's length; `calls` lists what it was asked for. Each call waits for `gate`. */
function countingEmbedder(gate: Promise<void> = Promise.resolve()) {
  const calls: string[][] = []
  const embedder: Embedder = {
    model: 'counting-1',
    dimension: 2,
    async embed(texts) {
      calls.push([...texts])
      await gate
      return texts.map((text) => Float32Array.of(text.length, 0))
    },
    close: async () => {},
  }
  return { embedder, calls }
}

function memoryStore() {
  const held = new Map<string, Float32Array>()
  const store: EmbeddingStore = {
    readEmbeddings: async (keys) => keys.map((key) => held.get(key)),
    writeEmbeddings: async (embeddings) => {
      for (const [key, vector] of embeddings) held.set(key, vector)
    },
  }
  return { store, held }
}

const brokenStore: EmbeddingStore = {
  readEmbeddings: () => Promise.reject(new Error('the store is down')),
  writeEmbeddings: () => Promise.reject(new Error('the store is down')),
}

describe('cached embedder', () => {
  it('answers in the order asked and embeds a text that comes twice once', async () => {
    const { embedder, calls } = countingEmbedder()
    const cached = cachedEmbedder(embedder, memoryStore().store)
    const vectors = await cached.embed(['ab', 'a', 'ab', 'abc'])
    expect(vectors.map((vector) => vector[0])).toEqual([2, 1, 2, 3])
    expect(calls).toEqual([['ab', 'a', 'abc']])
  })

  it('embeds a text once when a second call comes while the first is under way', async () => {
    let open = () => {}
    const { embedder, calls } = countingEmbedder(new Promise((resolve) => (open = resolve)))
    const cached = cachedEmbedder(embedder, memoryStore().store)
    const both = Promise.all([cached.embed(['a', 'bb']), cached.embed(['bb', 'ccc'])])
    open()
    const [first, second] = await both
    expect(calls.flat().sort()).toEqual(['a', 'bb', 'ccc'])
    expect(second[0]).toBe(first[1])
    expect(second[1]![0]).toBe(3)
  })

  it('finds what another process has stored', async () => {
    const { store } = memoryStore()
    await cachedEmbedder(countingEmbedder().embedder, store).embed(['a'])
    const { embedder, calls } = countingEmbedder()
    const [vector] = await cachedEmbedder(embedder, store).embed(['a'])
    expect(vector![0]).toBe(1)
    expect(calls).toEqual([])
  })

  it('embeds anew what the store holds in another dimension', async () => {
    const { store, held } = memoryStore()
    held.set(embeddingKey('counting-1', 'a'), Float32Array.of(9, 9, 9))
    const [vector] = await cachedEmbedder(countingEmbedder().embedder, store).embed(['a'])
    expect([...vector!]).toEqual([1, 0])
  })

  it('keeps no more vectors in memory than it may', async () => {
    const { embedder, calls } = countingEmbedder()
    const forgetful: EmbeddingStore = {
      readEmbeddings: async (keys) => keys.map(() => undefined),
      writeEmbeddings: async () => {},
    }
    const cached = cachedEmbedder(embedder, forgetful, { memorySize: 2 })
    await cached.embed(['a', 'b', 'c'])
    await cached.embed(['c'])
    await cached.embed(['a'])
    expect(calls).toEqual([['a', 'b', 'c'], ['a']])
  })

  it('embeds although the store fails, and tells of each failure', async () => {
    const failures: unknown[] = []
    const cached = cachedEmbedder(countingEmbedder().embedder, brokenStore, {
      onStoreFailure: (error) => failures.push(error),
    })
    expect((await cached.embed(['ab']))[0]![0]).toBe(2)
    expect(failures).toHaveLength(2)
  })

  it('counts texts and hits', async () => {
    const counts: unknown[] = []
    const cached = cachedEmbedder(countingEmbedder().embedder, memoryStore().store, {
      onEmbedded: (facts) => counts.push(facts),
    })
    await cached.embed(['a', 'b', 'a'])
    await cached.embed(['b', 'c'])
    expect(counts).toEqual([
      { texts: 3, hits: 1 },
      { texts: 2, hits: 1 },
    ])
  })

  it('fails every call that waits for a text when embedding fails, and tries again afterwards', async () => {
    let broken = true
    const { embedder } = countingEmbedder()
    const embed: Embedder['embed'] = (texts) =>
      broken ? Promise.reject(new Error('no model')) : embedder.embed(texts)
    const cached = cachedEmbedder({ ...embedder, embed }, memoryStore().store)
    const outcomes = await Promise.allSettled([cached.embed(['a']), cached.embed(['a', 'b'])])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    broken = false
    expect((await cached.embed(['a']))[0]![0]).toBe(1)
  })

  it('keys a text by the model that embeds it', () => {
    expect(embeddingKey('m', 'text')).toMatch(/^[0-9a-f]{32}$/)
    expect(embeddingKey('m', 'text')).not.toBe(embeddingKey('n', 'text'))
  })
})
