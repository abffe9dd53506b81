import { describe, expect, it } from 'vitest'
import { keyPartition } from '../../../../libs/log/embedded/key-partition.ts'

describe('the partition of a key', () => {
  // Published FNV-1a vectors (32 bits): '' 811c9dc5, 'a' e40c292c, 'foobar' bf9cf968.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %j is its FNV-1a hash modulo the number of partitions', (key, hash) => {
    expect(keyPartition(key, 12)).toBe(hash % 12)
    expect(keyPartition(key, 2 ** 32)).toBe(hash)
  })

  it('spreads keys evenly', () => {
    const counts = new Array<number>(12).fill(0)
    for (let index = 0; index < 12_000; index++) counts[keyPartition(`用户-${index}`, 12)]! += 1
    expect(Math.min(...counts)).toBeGreaterThan(800)
    expect(Math.max(...counts)).toBeLessThan(1_200)
  })
})
