/* Raw E5 vectors of one language lie together, so a query's own language comes first whatever it is about. Without the
 * mean vector of its language a text is left with what it is about (trial: after one click on Chinese science fiction,
 * 11 of the first 11 were science fiction in both languages, 6 to 7 without). The means are fixed and part of the
 * vector space, so vectors stay comparable and sums stay sums.
 */
import { addScaled, normalized } from '../interest/vector.ts'

/** Mean raw vector, float32[dimension], by language. */
export interface LanguageCentres {
  readonly han: Float32Array
  readonly other: Float32Array
}

const hanCharacter = /\p{Script=Han}/u

export function languageOf(text: string): keyof LanguageCentres {
  return hanCharacter.test(text) ? 'han' : 'other'
}

/** The raw unit vector of a text, seen from the centre of the text's language; of length 1 again. */
export function centred(raw: Float32Array, text: string, centres: LanguageCentres): Float32Array {
  const shifted = raw.slice()
  addScaled(shifted, 0, centres[languageOf(text)], -1)
  return normalized(shifted)
}

/** The centres of given texts, from their raw vectors. There must be texts of both languages. */
export function centresOf(texts: readonly string[], raw: readonly Float32Array[]): LanguageCentres {
  const centres = { han: new Float32Array(raw[0]!.length), other: new Float32Array(raw[0]!.length) }
  const counts = { han: 0, other: 0 }
  for (const text of texts) counts[languageOf(text)]++
  texts.forEach((text, i) => {
    const language = languageOf(text)
    addScaled(centres[language], 0, raw[i]!, 1 / counts[language])
  })
  return centres
}
