import { describe, expect, it } from 'vitest'
import { languageOf } from '../../../services/scorer/put-into-words.ts'

describe('the words of an answer', () => {
  it.each([
    [undefined, 'en'],
    ['fr', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['fr, EN-gb;q=0.8, zh;q=0.7', 'en'],
    ['en;q=0.1, zh; q=0.9', 'zh'],
    ['zh;q=0', 'en'],
  ] as const)('speaks to those who accept %j in %s', (accepted, language) => {
    expect(languageOf(accepted)).toBe(language)
  })
})
