import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addAlias, becomeAlias } from '../../../libs/interest/user-link.ts'
import { emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import type { StoredUser } from '../../../libs/store/interest-store.ts'
import { type Seen, userChanges } from '../../../services/scorer/user-changes.ts'
import { shapeOf } from './small-catalog.ts'

const nothing = (userId: string): Seen => new Map([[userId, undefined]])

describe('changes of users', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function setting() {
    const offsets = new Map<string, string>()
    const states = new Map<string, UserState>()
    const asked: string[][] = []
    const failures: unknown[] = []
    const readOffsets = async (userIds: readonly string[]) => {
      asked.push([...userIds])
      return userIds.map((userId) => offsets.get(userId))
    }
    const readUsers = async (userIds: readonly string[]) => {
      return userIds.map((userId) => {
        const state = states.get(userId)
        return state && ({ state } as StoredUser)
      })
    }
    const changes = userChanges({ readOffsets, readUsers }, (error) => failures.push(error))
    const look = () => vi.advanceTimersByTimeAsync(200)
    const link = (account: string, alias: string) => {
      const [one, other] = [account, alias].map((id) => states.get(id) ?? emptyUser(shapeOf(2)))
      const at = { partition: 'events/0', offset: states.size, logTimeMs: 1 }
      addAlias(one!, alias, at)
      becomeAlias(other!, account, at)
      states.set(account, one!).set(alias, other!)
      for (const id of [account, alias]) offsets.set(id, `linked ${states.size}`)
    }
    return { offsets, asked, failures, changes, look, link }
  }

  it('are looked for in one go, and not at all while nobody is watched', async () => {
    const { asked, changes, look } = setting()
    await look()
    expect(asked).toEqual([])
    const refresh = vi.fn(async () => {})
    const ends = ['ann', 'bo', 'ann'].map((userId) =>
      changes.watch({ userId, seen: nothing(userId), refresh }),
    )
    await look()
    expect(asked).toEqual([['ann', 'bo']])
    expect(refresh).not.toHaveBeenCalled()
    for (const end of ends) end()
    await look()
    expect(asked).toHaveLength(1)
    changes.stop()
  })

  it('that happened before the watching began are told too', async () => {
    const { offsets, changes, look } = setting()
    const seen = await changes.seenNow('ann')
    offsets.set('ann', 't/0=1')
    const refresh = vi.fn(async () => {})
    changes.watch({ userId: 'ann', seen, refresh })
    await look()
    await look()
    expect(refresh).toHaveBeenCalledOnce()
    changes.stop()
  })

  it('are told again after a failure, and one at a time', async () => {
    const { offsets, failures, changes, look } = setting()
    const finish: (() => void)[] = []
    const refresh = vi
      .fn<() => Promise<void>>()
      .mockRejectedValueOnce(new Error('overloaded'))
      .mockImplementation(() => new Promise((resolve) => void finish.push(resolve)))
    changes.watch({ userId: 'ann', seen: nothing('ann'), refresh })
    offsets.set('ann', 't/0=1')
    await look()
    expect([refresh.mock.calls.length, failures.length]).toEqual([1, 1])
    await look()
    offsets.set('ann', 't/0=2')
    await look()
    offsets.set('ann', 't/0=3')
    await look()
    expect(refresh).toHaveBeenCalledTimes(2)
    finish.pop()!()
    await look()
    expect(refresh).toHaveBeenCalledTimes(3)
    changes.stop()
  })

  it.each(['ann', 'cookie-1'])(
    'of any id of the person are told to whoever listens to %s',
    async (userId) => {
      const { offsets, changes, look, link } = setting()
      link('ann', 'cookie-1')
      link('ann', 'cookie-2')
      const refresh = vi.fn(async () => {})
      changes.watch({ userId, seen: await changes.seenNow(userId), refresh })
      await look()
      expect(refresh).not.toHaveBeenCalled()
      for (const id of ['cookie-2', 'ann', 'cookie-1']) {
        offsets.set(id, 'further')
        await look()
      }
      expect(refresh).toHaveBeenCalledTimes(3)
      changes.stop()
    },
  )

  it('of an id that is linked later are told from then on, and the linking is one', async () => {
    const { offsets, changes, look, link } = setting()
    const refresh = vi.fn(async () => {})
    changes.watch({ userId: 'ann', seen: await changes.seenNow('ann'), refresh })
    offsets.set('cookie-1', 't/0=1')
    await look()
    expect(refresh).not.toHaveBeenCalled()
    link('ann', 'cookie-1')
    await look()
    expect(refresh).toHaveBeenCalledTimes(1)
    offsets.set('cookie-1', 't/0=2')
    await look()
    expect(refresh).toHaveBeenCalledTimes(2)
    changes.stop()
  })
})
