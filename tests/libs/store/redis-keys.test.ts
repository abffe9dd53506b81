import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redisKeys } from '../../../libs/store/redis/redis-keys.ts'

const keys = redisKeys('halflife')
const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 })
const trickyId = fc.oneof(
  id,
  fc.string({ unit: fc.constantFrom('{', '}', '%', '7', 'B', 'D', ':', 'a', '\n', '/'), minLength: 1 }),
)

/** What Redis hashes: the text between the first `{` and the next `}`, or the whole key. */
function hashTag(key: string): string {
  return /\{([^}]+)\}/.exec(key)?.[1] ?? key
}

describe('the Redis keys', () => {
  it('keep ordinary ids readable', () => {
    expect(keys.user('user 张伟:42')).toBe('halflife:user:{user 张伟:42}')
    expect(keys.item('sku/7?a=b')).toBe('halflife:item:{sku/7?a=b}')
    expect(keys.partition('halflife.events', 3)).toBe('halflife:partition:{halflife.events/3}')
  })

  it('escape braces, percent signs and control characters', () => {
    expect(keys.user('{a}%\n')).toBe('halflife:user:{%7Ba%7D%25%0A}')
  })

  it('have the id, and nothing else, as their hash tag, from which it can be read back', () => {
    fc.assert(
      fc.property(trickyId, (anyId) => {
        for (const key of [keys.user(anyId), keys.profile(anyId), keys.item(anyId), keys.waiting(anyId)]) {
          expect(decodeURIComponent(hashTag(key))).toBe(anyId)
        }
      }),
    )
  })

  it('differ for different ids and different kinds', () => {
    fc.assert(
      fc.property(trickyId, trickyId, (a, b) => {
        const all = [a, b].flatMap((anyId) => [
          ...[keys.user(anyId), keys.profile(anyId), keys.item(anyId)],
          ...[keys.waiting(anyId), keys.embedding(anyId), keys.partition(anyId, 0)],
        ])
        const lone = [keys.contract, keys.changes, keys.sequence, keys.partitions]
        expect(new Set([...all, ...lone]).size).toBe((a === b ? 6 : 12) + 4)
      }),
    )
  })

  it('put the change feed and its counter on one node', () => {
    expect(hashTag(keys.changes)).toBe(hashTag(keys.sequence))
  })

  it('are listed in the contract, each of them', () => {
    const page = readFileSync(new URL('../../../docs/redis-contract.md', import.meta.url), 'utf8')
    const named = [
      ...[keys.generation, keys.contract, keys.changes, keys.sequence, keys.indexed, keys.partitions],
      ...[
        keys.models,
        keys.promotions,
        keys.user('<userId>'),
        keys.profile('<userId>'),
        keys.item('<itemId>'),
      ],
      ...[keys.waiting('<itemId>'), keys.shown('<to>'), keys.shownForgotten('<to>'), keys.embedding('<key>')],
      ...[keys.model('<id>'), keys.nearest('<space>'), 'halflife:partition:{<topic>/<partition>}'],
    ]
    expect(named).toHaveLength(Object.keys(keys).length)
    expect(named.filter((key) => !page.includes(`| \`${key}\` `))).toEqual([])
  })
})
