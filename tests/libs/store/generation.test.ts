import { describe, expect, it } from 'vitest'
import { FIRST_GENERATION, generationNumber, isOver, nextGeneration } from '../../../libs/store/generation.ts'
import { generationOf, redisKeys } from '../../../libs/store/redis/redis-keys.ts'
import { sampleContract } from '../../contract/store-sample.ts'

describe('the generations of a store', () => {
  it('are numbered, and named by what they are built under', () => {
    const first = nextGeneration(FIRST_GENERATION, sampleContract)
    expect(nextGeneration(FIRST_GENERATION, structuredClone(sampleContract))).toBe(first)
    expect(nextGeneration(FIRST_GENERATION, { ...sampleContract, userTtlMs: 1_000 })).not.toBe(first)
    expect(nextGeneration(FIRST_GENERATION, { ...sampleContract, rules: 'click=3' })).not.toBe(first)
    expect([first, nextGeneration(first, sampleContract)].map(generationNumber)).toEqual([1, 2])
  })

  it('are over when one as late or later is live', () => {
    const over = ['', '1-aaaaaaaa', '2-bbbbbbbb', '2-cccccccc', '3-dddddddd'].filter((each) =>
      isOver(each, '2-cccccccc'),
    )
    expect(over).toEqual(['', '1-aaaaaaaa', '2-bbbbbbbb'])
  })

  it('cannot have any other name', () => {
    expect(() => generationNumber('2')).toThrow('generation is "2", not number-hash')
  })

  it.each(['', '2-9f86d081'])(
    'know their own keys in Redis, and leave those alone that all share: "%s"',
    (generation) => {
      const keys = redisKeys('halflife', generation)
      const own = [
        ...[keys.contract, keys.changes, keys.sequence, keys.partitions, keys.user('g1-aaaaaaaa:user:{')],
        ...[
          keys.shown('u'),
          keys.shownForgotten('u'),
          keys.profile('u'),
          keys.item('i'),
          keys.waiting('i'),
          keys.partition('halflife.events', 0),
        ],
      ]
      expect(new Set(own.map((key) => generationOf('halflife', key)))).toEqual(new Set([generation]))
      for (const key of [keys.generation, keys.embedding('k'), 'halflife:other', 'halflife2:contract']) {
        expect(generationOf('halflife', key)).toBeUndefined()
      }
    },
  )
})
