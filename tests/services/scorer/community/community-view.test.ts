import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventList } from '../../../../libs/interest/event-list.ts'
import { emptyUser, type UserState } from '../../../../libs/interest/user-state.ts'
import type { PartitionState } from '../../../../libs/store/interest-store.ts'
import { communityView } from '../../../../services/scorer/community/community-view.ts'
import { shapeOf } from '../small-catalog.ts'

const shape = shapeOf(4)
const event = { fingerprint: '0'.repeat(16), itemId: 'i1', type: 'view', occurredAtMs: 1, weight: 1 }

/** Versions of users that a store holds, and a part that knows what it was given of each. */
function community() {
  const versions = new Map<string, number>()
  const trips: string[][] = []
  const held = new Map<string, string>()
  const stateOf = (version: number): UserState => {
    const events = version > 0 ? [{ ...event, type: `${version}` }] : []
    return { ...emptyUser(shape), remembered: EventList.of(events) }
  }
  const store = {
    async readUsers(userIds: readonly string[]) {
      trips.push([...userIds])
      return userIds.map((userId) => {
        const version = versions.get(userId)
        return version === undefined ? undefined : { state: stateOf(version), storedOffsets: '' }
      })
    },
    readProfile: async (userId: string) => ({ attributes: { name: userId } }),
  }
  const view = communityView(store, [
    {
      put: ({ userId, state, attributes }) => {
        held.set(userId, `${state.remembered.events[0]!.type} ${attributes.name}`)
      },
      remove: (userId) => held.delete(userId),
    },
  ])
  return { versions, trips, held, view }
}

function listing(...lists: readonly (readonly (readonly [string, number])[])[]): PartitionState[] {
  return lists.map((recent, partition) => {
    const trending = { landmarkMs: 0, weights: new Map() }
    return { topic: 't', partition, position: 9, trending, recent: new Map(recent) }
  })
}

describe('the recently active', () => {
  it('are read once, and again when a list says that they have changed', async () => {
    const { versions, held, view } = community()
    versions.set('ann', 1).set('bo', 1)
    const lists = listing([['ann', 3]], [['bo', 5]])
    expect(await view.follow(lists)).toEqual({ changed: 2, behind: 0 })
    expect(await view.follow(lists)).toEqual({ changed: 0, behind: 0 })
    versions.set('bo', 2)
    expect(await view.follow(listing([['ann', 3]], [['bo', 6]]))).toEqual({ changed: 1, behind: 0 })
    expect([...held]).toEqual([
      ['ann', '1 ann'],
      ['bo', '2 bo'],
    ])
    expect(view.size).toBe(2)
  })

  it('leave when no list has them, when nothing is held of them, and when they were forgotten', async () => {
    const { versions, held, view } = community()
    versions.set('ann', 1).set('bo', 1).set('cy', 1)
    const all = (offset: number) => listing([['ann', offset], ['bo', offset], ['cy', offset]]) // biome-ignore format: one list
    await view.follow(all(1))
    versions.delete('bo')
    versions.set('cy', 0)
    await view.follow(all(2))
    expect([...held.keys()]).toEqual(['ann'])
    await view.follow(listing([]))
    expect([...held.keys(), view.size]).toEqual([0])
  })

  it('are read in goes of 20, at most 400 in a turn, those who wait longest first', async () => {
    const { versions, trips, view } = community()
    const list = Array.from({ length: 850 }, (_, n) => [`u${n}`, n] as const)
    for (const [userId] of list) versions.set(userId, 1)
    expect(await view.follow(listing(list))).toEqual({ changed: 400, behind: 450 })
    expect(await view.follow(listing(list))).toEqual({ changed: 400, behind: 50 })
    expect(await view.follow(listing(list))).toEqual({ changed: 50, behind: 0 })
    expect(new Set(trips.flat())).toEqual(new Set(list.map(([userId]) => userId)))
    const firstOf = trips.map((userIds) => userIds[0])
    expect([firstOf[0], firstOf[1], firstOf[20]]).toEqual(['u0', 'u20', 'u400'])
  })

  it('are read again in turn, though no list says that they have changed', async () => {
    const { versions, held, view } = community()
    const list = Array.from({ length: 10 }, (_, n) => [`u${n}`, n] as const)
    for (const [userId] of list) versions.set(userId, 1)
    await view.follow(listing(list))
    for (const [userId] of list) versions.set(userId, 2)
    const seen: number[] = []
    for (let turn = 0; turn < 4; turn++) {
      seen.push([...held.values()].filter((version) => version.startsWith('2')).length)
      await view.follow(listing(list))
    }
    expect(seen).toEqual([0, 4, 8, 10])
  })

  it('are in the end as the store has them, whatever the lists said on the way', async () => {
    const step = fc.record({
      userId: fc.constantFrom('ann', 'bo', 'cy', 'di'),
      partition: fc.nat(1),
      change: fc.constantFrom('active', 'forgotten', 'pushed off'),
      followed: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { versions, held, view } = community()
        const lists = [new Map<string, number>(), new Map<string, number>()]
        for (const [offset, { userId, partition, change, followed }] of steps.entries()) {
          if (change === 'pushed off') lists[partition]!.delete(userId)
          else {
            versions.set(userId, change === 'active' ? offset + 1 : 0)
            lists[partition]!.set(userId, offset)
          }
          if (followed) await view.follow(listing([...lists[0]!], [...lists[1]!]))
        }
        await view.follow(listing([...lists[0]!], [...lists[1]!]))
        for (const userId of ['ann', 'bo', 'cy', 'di']) {
          const isListed = lists.some((list) => list.has(userId))
          const version = versions.get(userId) ?? 0
          expect(held.get(userId)).toBe(isListed && version > 0 ? `${version} ${userId}` : undefined)
        }
      }),
    )
  })
})
