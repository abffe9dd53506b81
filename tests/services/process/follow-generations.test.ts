import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { Store } from '../../../libs/store/store.ts'
import { followGenerations, type Serving } from '../../../services/process/follow-generations.ts'

const LOOK_MS = 1_000

/** A process that serves generation `a` of a store, of which another may come to be live. */
function surroundings() {
  const happened: string[] = []
  const waits: unknown[] = []
  const failures: unknown[] = []
  let live = 'a'
  let serveNext = async () => {}
  const serving = (generation: string): Serving => ({
    store: { generation, liveGeneration: async () => live } as unknown as Store,
    async close() {
      happened.push(`closed ${generation}`)
    },
  })
  const following = followGenerations(
    serving('a'),
    async () => {
      await serveNext()
      happened.push(`serves ${live}`)
      return serving(live)
    },
    { waiting: ({ error }) => void waits.push(error) },
    (error) => void failures.push(error),
  )
  return {
    ...{ happened, waits, failures, following },
    rebuilt(generation: string, begin = async () => {}) {
      live = generation
      serveNext = begin
    },
  }
}

describe('a process whose store is rebuilt', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('serves what is live, and only then closes what served before', async () => {
    const { happened, rebuilt } = surroundings()
    await vi.advanceTimersByTimeAsync(3 * LOOK_MS)
    expect(happened).toEqual([])
    rebuilt('b')
    await vi.advanceTimersByTimeAsync(3 * LOOK_MS)
    expect(happened).toEqual(['serves b', 'closed a'])
  })

  it('goes on with what it has while the store is away, says so, and looks again', async () => {
    const { happened, waits, failures, rebuilt } = surroundings()
    const away = new HalflifeError('HL_STORE_UNAVAILABLE', 'away')
    rebuilt('b', async () => {
      throw away
    })
    await vi.advanceTimersByTimeAsync(2 * LOOK_MS)
    expect([happened, waits, failures]).toEqual([[], [away, away], []])
    rebuilt('b')
    await vi.advanceTimersByTimeAsync(LOOK_MS)
    expect(happened).toEqual(['serves b', 'closed a'])
  })

  it('tells once that it cannot go on with what is live', async () => {
    const { happened, waits, failures, rebuilt } = surroundings()
    const other = new HalflifeError('HL_STORE_CONTRACT', 'another shape')
    rebuilt('b', async () => {
      throw other
    })
    await vi.advanceTimersByTimeAsync(5 * LOOK_MS)
    expect([happened, waits, failures]).toEqual([[], [], [other]])
  })

  it('closes what serves in the end, also when that is just being begun', async () => {
    const { happened, following, rebuilt } = surroundings()
    let go = () => {}
    rebuilt('b', () => new Promise((resolve) => (go = resolve)))
    await vi.advanceTimersByTimeAsync(LOOK_MS)
    const closed = following.close()
    go()
    await closed
    await vi.advanceTimersByTimeAsync(5 * LOOK_MS)
    expect(happened).toEqual(['serves b', 'closed a', 'closed b'])
  })
})
