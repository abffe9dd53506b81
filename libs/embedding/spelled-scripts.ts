import type { Embedder } from './embedder.ts'
import { hashedVector } from './hashed-vector.ts'
import { lexicalFeatures } from './lexical-features.ts'

/** Embeds what a model of Chinese and English pieces cannot read by its spelling: to that model all texts in Korean, Cyrillic or
 *  Arabic letters are one and the same. A text by its spelling resembles others of its words, and hardly any that the model
 *  has read, so that both may lie in one space. Its model names that space still: what it reads stays where it was. */
export function withSpelledScripts(embedder: Embedder): Embedder {
  const spell = (text: string) => hashedVector(lexicalFeatures(text), embedder.dimension)
  return {
    ...embedder,
    async embed(texts) {
      const spelled = texts.map((text) => (isSpelled(text) ? spell(text) : undefined))
      const read = await embedder.embed(texts.filter((_, n) => spelled[n] === undefined))
      const nextRead = read.values()
      return spelled.map((vector) => vector ?? nextRead.next().value!)
    },
  }
}

/** Whether most of its letters are neither Latin nor Han. Text without letters is the model's. */
export function isSpelled(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const known = text.match(/[\p{Script=Latin}\p{Script=Han}]/gu)?.length ?? 0
  return 2 * known < letters
}
