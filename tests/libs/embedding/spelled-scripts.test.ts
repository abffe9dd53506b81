import { describe, expect, it } from 'vitest'
import { isSpelled, withSpelledScripts } from '../../../libs/embedding/spelled-scripts.ts'
import { dot } from '../../../libs/interest/vector.ts'

const unit = (component: number) => Float32Array.from({ length: 384 }, (_, i) => (i === component ? 1 : 0))

describe('scripts that the model has no pieces of', () => {
  it.each([
    ['김치찌개 맛있게 끓이는 법', true],
    ['Рецепт борща', true],
    ['ひまわりのたね', true],
    ['iPhone 手机 케이스', false],
    ['火星の人', false],
    ['Crème brûlée', false],
    ['2001: 🎸', false],
    ['', false],
  ])('%j is embedded by its spelling: %s', (text, spelled) => {
    expect(isSpelled(text)).toBe(spelled)
  })

  it('are told apart, each text in its place, and the model is asked for the others alone', async () => {
    const asked: string[] = []
    const { embed, model } = withSpelledScripts({
      model: 'm',
      dimension: 384,
      async embed(texts) {
        asked.push(...texts)
        return texts.map((_, n) => unit(n))
      },
      close: async () => {},
    })
    const texts = ['tea', '김치찌개 맛있게 끓이는 법', '茶', '김치찌개', '화성에서 온 로봇 이야기']
    const [tea, recipe, cha, kimchi, robot] = await embed(texts)
    expect([model, asked]).toEqual(['m', ['tea', '茶']])
    expect([tea, cha]).toEqual([unit(0), unit(1)])
    expect(dot(kimchi!, recipe!)).toBeGreaterThan(0.4)
    expect(Math.abs(dot(kimchi!, robot!))).toBeLessThan(0.2)
  })
})
