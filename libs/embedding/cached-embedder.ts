import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { CatalogStore } from '../store/catalog-store.ts'
import type { Embedder } from './embedder.ts'

export type EmbeddingStore = Pick<CatalogStore, 'readEmbeddings' | 'writeEmbeddings'>

export interface CachedEmbedderOptions {
  /** Vectors kept in memory. @default 10,000, which is 15 MB at 384 dimensions */
  readonly memorySize?: number
  /** After each call: how many texts it had and for how many a vector was there already. */
  readonly onEmbedded?: (counts: { texts: number; hits: number }) => void
  /** The store could not be read or written; the texts were embedded all the same. */
  readonly onStoreFailure?: (error: unknown) => void
}

/** The key of a text's vector in the store: 128 bits of SHA-256 over model and text, in hexadecimal. */
export function embeddingKey(model: string, text: string): string {
  return createHash('sha256').update(`${model}\0${text}`).digest('hex').slice(0, 32)
}

/** Embeds each text once: looks in memory, then in the store, then among the calls under way. A store that fails only
 *  costs time. The same vector is given to everyone who asks: it must not be changed. */
export function cachedEmbedder(
  embedder: Embedder,
  store: EmbeddingStore,
  options: CachedEmbedderOptions = {},
): Embedder {
  const { memorySize = 10_000, onEmbedded = () => {}, onStoreFailure = () => {} } = options
  const { model, dimension } = embedder
  const memory = new LRUCache<string, Float32Array>({ max: memorySize })
  const underWay = new Map<string, Promise<Obtained>>()

  /** undefined for what the store does not have, or has in another dimension than the model's. */
  async function readStored(keys: readonly string[]): Promise<(Float32Array | undefined)[]> {
    try {
      const stored = await store.readEmbeddings(keys)
      return stored.map((vector) => (vector?.length === dimension ? vector : undefined))
    } catch (error) {
      onStoreFailure(error)
      return keys.map(() => undefined)
    }
  }

  async function writeStored(vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    try {
      await store.writeEmbeddings(vectors)
    } catch (error) {
      onStoreFailure(error)
    }
  }

  /** Vectors, by key, of texts that are neither in memory nor under way. */
  async function obtain(texts: ReadonlyMap<string, string>): Promise<Obtained> {
    const keys = [...texts.keys()]
    const stored = await readStored(keys)
    const missing = keys.filter((_, i) => stored[i] === undefined)
    const fresh = new Map<string, Float32Array>()
    if (missing.length > 0) {
      const embedded = await embedder.embed(missing.map((key) => texts.get(key)!))
      missing.forEach((key, i) => {
        fresh.set(key, embedded[i]!)
      })
      await writeStored(fresh)
    }
    const vectors = new Map(keys.map((key, i) => [key, stored[i] ?? fresh.get(key)!]))
    return { vectors, embedded: fresh.size }
  }

  /** Obtains texts and lets later calls wait for the same vectors. */
  function begin(texts: ReadonlyMap<string, string>): Promise<Obtained> {
    const obtained = obtain(texts).then((result) => {
      for (const [key, vector] of result.vectors) memory.set(key, vector)
      return result
    })
    for (const key of texts.keys()) underWay.set(key, obtained)
    const over = (): void => {
      for (const key of texts.keys()) underWay.delete(key)
    }
    obtained.then(over, over)
    return obtained
  }

  async function embed(texts: readonly string[]): Promise<Float32Array[]> {
    const keys = texts.map((text) => embeddingKey(model, text))
    const known = new Map<string, Float32Array>()
    const awaited = new Set<Promise<Obtained>>()
    const missing = new Map<string, string>()
    keys.forEach((key, i) => {
      const vector = memory.get(key)
      const others = underWay.get(key)
      if (vector !== undefined) known.set(key, vector)
      else if (others !== undefined) awaited.add(others)
      else missing.set(key, texts[i]!)
    })
    // In the same step in which they were found missing: another call would embed them too.
    const own = missing.size > 0 ? begin(missing) : undefined
    if (own !== undefined) awaited.add(own)
    for (const { vectors } of await Promise.all(awaited)) {
      for (const key of keys) if (vectors.has(key)) known.set(key, vectors.get(key)!)
    }
    onEmbedded({ texts: texts.length, hits: texts.length - ((await own)?.embedded ?? 0) })
    return keys.map((key) => known.get(key)!)
  }

  return { model, dimension, embed, close: () => embedder.close() }
}

interface Obtained {
  readonly vectors: ReadonlyMap<string, Float32Array>
  /** How many of them neither memory nor store had. */
  readonly embedded: number
}
