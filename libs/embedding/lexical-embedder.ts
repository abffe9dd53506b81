import type { Embedder } from './embedder.ts'
import { hashedVector } from './hashed-vector.ts'
import { lexicalFeatures } from './lexical-features.ts'

const DIMENSION = 384

/** Likeness of spelling instead of meaning, for machines that cannot have the Transformer: no download, no memory to
 *  speak of, some 70,000 titles per second. Two languages have nothing in common in it. */
export function lexicalEmbedder(): Embedder {
  return {
    model: 'lexical-1',
    dimension: DIMENSION,
    embed: async (texts) => texts.map((text) => hashedVector(lexicalFeatures(text), DIMENSION)),
    close: async () => {},
  }
}
