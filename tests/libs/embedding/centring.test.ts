import { describe, expect, it } from 'vitest'
import { centred, centresOf, languageOf } from '../../../libs/embedding/centring.ts'
import { dot, norm, normalized } from '../../../libs/interest/vector.ts'

/** The first component is the language, the others the subject. */
const raw = (language: number, a: number, b: number) => normalized(Float32Array.of(language, a, b))
const texts = ['科幻', '菜谱', 'science fiction', 'recipes']
const vectors = [raw(3, 1, 0), raw(3, 0, 1), raw(-3, 1, 0), raw(-3, 0, 1)]

describe('centring by language', () => {
  it('tells texts with Han characters from all others', () => {
    expect(['iPhone 手机', '〇', 'phone', 'телефон', ''].map(languageOf)).toEqual([
      'han',
      'han',
      'other',
      'other',
      'other',
    ])
  })

  it('takes the mean of each language', () => {
    const centres = centresOf(texts, vectors)
    expect(centres.han[0]).toBeCloseTo(3 / Math.sqrt(10))
    expect(centres.other[0]).toBeCloseTo(-3 / Math.sqrt(10))
    expect(centres.han[1]).toBeCloseTo(0.5 / Math.sqrt(10))
  })

  it('leaves the subject: same subjects meet across languages, and vectors stay of length 1', () => {
    const centres = centresOf(texts, vectors)
    const [fictionZh, recipesZh, fictionEn] = vectors.map((vector, i) => centred(vector, texts[i]!, centres))
    expect(dot(vectors[0]!, vectors[1]!)).toBeGreaterThan(dot(vectors[0]!, vectors[2]!))
    expect(dot(fictionZh!, fictionEn!)).toBeCloseTo(1)
    expect(dot(fictionZh!, recipesZh!)).toBeCloseTo(-1)
    expect(norm(fictionZh!)).toBeCloseTo(1)
  })

  it('does not change the raw vector', () => {
    const vector = raw(3, 1, 0)
    centred(vector, '科幻', centresOf(texts, vectors))
    expect(vector).toEqual(raw(3, 1, 0))
  })
})
