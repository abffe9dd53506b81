import { describe, expect, it } from 'vitest'
import { lexicalEmbedder } from '../../../libs/embedding/lexical-embedder.ts'
import { lexicalFeatures } from '../../../libs/embedding/lexical-features.ts'
import { dot, norm } from '../../../libs/interest/vector.ts'

const embedder = lexicalEmbedder()

async function cosines(query: string, ...texts: string[]): Promise<number[]> {
  const [first, ...others] = await embedder.embed([query, ...texts])
  return others.map((other) => dot(first!, other))
}

describe('lexical embedder', () => {
  it('puts Chinese texts that share words closer than ones that do not', async () => {
    const [near, far] = await cosines('我喜欢阅读科幻小说', '科幻小说合集', '家常菜谱')
    expect(near).toBeGreaterThan(far! + 0.2)
  })

  it('puts inflected English words close', async () => {
    const [near, far] = await cosines('a science fiction novel', 'novels of science', 'wireless headphones')
    expect(near).toBeGreaterThan(far! + 0.2)
  })

  it('sees the order of Han characters', async () => {
    const [same, turned] = await cosines('故事', '故事', '事故')
    expect(same).toBeCloseTo(1, 5)
    expect(turned).toBeLessThan(0.9)
  })

  it('does not distinguish case or full-width forms', async () => {
    const [cased, wide] = await cosines('iphone 15', 'iPhone 15', 'ｉＰｈｏｎｅ　１５')
    expect(cased).toBeCloseTo(1, 5)
    expect(wide).toBeCloseTo(1, 5)
  })

  it('gives unit vectors of its dimension, for texts without any word too', async () => {
    for (const vector of await embedder.embed(['', '!?', '😀', '一', 'tea', 'tea tea tea 茶茶茶'])) {
      expect(vector).toHaveLength(384)
      expect(norm(vector)).toBeCloseTo(1, 5)
    }
  })

  it('keeps its vectors from one version of the code to the next', async () => {
    const [vector] = await embedder.embed(['tea 茶'])
    const places = [...vector!.keys()].filter((i) => vector![i] !== 0)
    expect(places.map((i) => i * Math.sign(vector![i]!))).toEqual([-177, 199, -219, -240, 272, -333, -336])
  })

  it('counts Han characters and their neighbours, and of other scripts words and grams', () => {
    expect([...lexicalFeatures('茶茶 Tea').entries()]).toEqual([
      ['茶', 2],
      ['茶茶', 1],
      ['tea', 1],
      ['# te', 1],
      ['#tea', 1],
      ['#ea ', 1],
      ['# tea', 1],
      ['#tea ', 1],
    ])
  })
})
