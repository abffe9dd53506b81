import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyInterest } from '../../../libs/interest/interest-state.ts'
import { emptyUser } from '../../../libs/interest/user-state.ts'
import type { StoredUser } from '../../../libs/store/interest-store.ts'
import type { VectorRoom } from '../../../libs/store/vector-room.ts'
import { readAhead } from '../../../services/tracker/read-ahead.ts'
import { shape } from '../../faults/simulation/small-world.ts'

/** A store that puts each user's number into their vectors, and notes what it was asked for; from `failsAt` on it fails. */
function numbered(usersAtOnce: number, failsAt = Number.POSITIVE_INFINITY) {
  const asked: string[][] = []
  async function readUsers(userIds: readonly string[], room: VectorRoom): Promise<StoredUser[]> {
    asked.push([...userIds])
    if (asked.length >= failsAt) throw new Error('the store is away')
    const block = room.take(userIds.length * shape.floats)
    return userIds.map((userId, index) => {
      const sums = block.subarray(index * shape.floats, (index + 1) * shape.floats).fill(Number(userId))
      return { state: { ...emptyUser(shape), interest: emptyInterest(shape, sums) }, storedOffsets: userId }
    })
  }
  return { asked, store: { usersAtOnce, readUsers } as Parameters<typeof readAhead>[1] }
}

const idsOf = (count: number) => Array.from({ length: count }, (_, n) => String(n))

describe('users read ahead', () => {
  it('come all, once and in order, as many at a time as the store likes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.integer({ min: 1, max: 7 }), async (count, usersAtOnce) => {
        const { store } = numbered(usersAtOnce)
        const sizes: number[] = []
        const seen: string[] = []
        const lasts: boolean[] = []
        for await (const { userIds, stored, isLast } of readAhead(idsOf(count), store)) {
          sizes.push(userIds.length)
          seen.push(...stored.map((user) => user!.storedOffsets))
          lasts.push(isLast)
        }
        expect(seen).toEqual(idsOf(count))
        expect(Math.max(...sizes)).toBeLessThanOrEqual(usersAtOnce)
        expect(sizes.length).toBe(Math.max(1, Math.ceil(count / usersAtOnce)))
        expect(lasts).toEqual(sizes.map((_, go) => go === sizes.length - 1))
      }),
    )
  })

  it('are asked for before those at hand are done with, and no further', async () => {
    const { asked, store } = numbered(2)
    let gone = 0
    for await (const { isLast } of readAhead(idsOf(7), store)) {
      gone++
      expect(asked.length).toBe(isLast ? gone : gone + 1)
    }
    expect(asked).toEqual([['0', '1'], ['2', '3'], ['4', '5'], ['6']])
  })

  it('leave the vectors of those at hand alone', async () => {
    const { store } = numbered(3)
    for await (const { userIds, stored } of readAhead(idsOf(11), store)) {
      const firsts = stored.map((user) => user!.state.interest.sums[0])
      expect(firsts).toEqual(userIds.map(Number))
    }
  })

  it('fail when they are come to', async () => {
    const { store } = numbered(2, 2)
    const users = readAhead(idsOf(4), store)
    expect((await users.next()).value).toMatchObject({ userIds: ['0', '1'], isLast: false })
    await expect(users.next()).rejects.toThrow('the store is away')
  })

  it('fail for nobody when they are not come to', async () => {
    const { asked, store } = numbered(2, 2)
    for await (const _ of readAhead(idsOf(4), store)) break
    expect(asked.length).toBe(2)
  })
})
