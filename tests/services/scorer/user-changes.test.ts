import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userChanges } from '../../../services/scorer/user-changes.ts'

describe('changes of users', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function setting() {
    const offsets = new Map<string, string>()
    const asked: string[][] = []
    const failures: unknown[] = []
    const readOffsets = async (userIds: readonly string[]) => {
      asked.push([...userIds])
      return userIds.map((userId) => offsets.get(userId))
    }
    const changes = userChanges({ readOffsets }, (error) => failures.push(error))
    const look = () => vi.advanceTimersByTimeAsync(200)
    return { offsets, asked, failures, changes, look }
  }

  it('are looked for in one go, and not at all while nobody is watched', async () => {
    const { asked, changes, look } = setting()
    await look()
    expect(asked).toEqual([])
    const ends = ['ann', 'bo', 'ann'].map((userId) =>
      changes.watch({ userId, seen: undefined, refresh: async () => expect.unreachable() }),
    )
    await look()
    expect(asked).toEqual([['ann', 'bo']])
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
    changes.watch({ userId: 'ann', seen: undefined, refresh })
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
})
