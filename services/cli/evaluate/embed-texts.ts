import { join } from 'node:path'
import { cachedEmbedder } from '../../../libs/embedding/cached-embedder.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import { embeddedStore } from '../../../libs/store/embedded/embedded-store.ts'
import { contractOf } from '../../process/contract.ts'
import { openEmbedder } from '../../process/open-embedder.ts'
import type { Progress } from '../../process/progress.ts'

export interface EmbeddedTexts {
  /** In the order of the texts. */
  readonly vectors: readonly (Float32Array | undefined)[]
  /** Which embedder made them; undefined where there was no text. */
  readonly model: string | undefined
}

const BATCH = 64

/** Vectors of the product's own embedder, kept in the cache folder by the hash of model and text: a second run reads
 *  them. */
export async function embedTexts(
  texts: readonly (string | undefined)[],
  settings: Settings,
  progress: Progress,
): Promise<EmbeddedTexts> {
  const distinct = [...new Set(texts.filter((text) => text !== undefined))]
  if (distinct.length === 0) return { vectors: texts.map(() => undefined), model: undefined }
  const { embedder } = await openEmbedder(settings, progress.report)
  try {
    const path = join(settings.HALFLIFE_CACHE, 'embeddings', embedder.model.replace(/[^A-Za-z0-9._-]/g, '_'))
    // Vectors of texts depend on the embedder alone: other settings must not refuse the cache.
    const store = await embeddedStore({ path, contract: contractOf(readSettings({}), embedder) })
    try {
      const cached = cachedEmbedder(embedder, store)
      const byText = new Map<string, Float32Array>()
      for (let from = 0; from < distinct.length; from += BATCH) {
        progress.report({ step: 'embed', done: from, total: distinct.length })
        const batch = distinct.slice(from, from + BATCH)
        const vectors = await cached.embed(batch)
        batch.forEach((text, i) => {
          byText.set(text, vectors[i]!)
        })
      }
      progress.report({ step: 'embed', done: distinct.length, total: distinct.length })
      return {
        vectors: texts.map((text) => (text === undefined ? undefined : byText.get(text))),
        model: embedder.model,
      }
    } finally {
      await store.close()
    }
  } finally {
    await embedder.close()
  }
}
