import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { growingPause, untilDeadline, untilItSucceeds } from '../../../libs/log/growing-pause.ts'

// vitest's clock does not reach node:timers/promises: sleeping moves the clock, and takes no time.
vi.mock('node:timers/promises', () => ({
  setTimeout: vi.fn(async (ms: number) => {
    vi.advanceTimersByTime(ms)
  }),
}))

const slept = () => vi.mocked(sleep).mock.calls.map(([ms]) => ms)
const never = new AbortController().signal

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.mocked(sleep).mockClear()
})

describe('the growing pause', () => {
  it('begins at 100 ms, doubles to 5 s and begins again after a reset', async () => {
    const pause = growingPause()
    for (let index = 0; index < 8; index++) await pause.wait(never)
    pause.reset()
    await pause.wait(never)
    expect(slept()).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 100])
  })

  it('ends at once when the signal aborts', async () => {
    const { setTimeout: realSleep } =
      await vi.importActual<typeof import('node:timers/promises')>('node:timers/promises')
    vi.mocked(sleep).mockImplementationOnce(realSleep)
    const stopping = new AbortController()
    const waiting = growingPause().wait(stopping.signal)
    stopping.abort()
    await expect(waiting).resolves.toBeUndefined()
    expect(vi.mocked(sleep)).toHaveBeenCalledWith(100, undefined, { signal: stopping.signal })
  })
})

describe('trying again', () => {
  const failing = (times: number) => {
    let left = times
    return vi.fn(async () => {
      if (left-- > 0) throw new Error(`fails ${left + 1} more`)
      return 'done'
    })
  }

  it('goes on until it succeeds and reports each failure', async () => {
    const onTrouble = vi.fn()
    const attempt = failing(3)
    const trying = untilItSucceeds(attempt, { pause: growingPause(), signal: never, onTrouble })
    expect(await trying).toBe('done')
    expect(onTrouble.mock.calls.map(([error]) => error.message)).toEqual([
      'fails 3 more',
      'fails 2 more',
      'fails 1 more',
    ])
  })

  it('stops without a result when the signal aborts', async () => {
    const stopping = new AbortController()
    const attempt = vi.fn(async () => {
      stopping.abort()
      throw new Error('no')
    })
    const trying = untilItSucceeds(attempt, {
      pause: growingPause(),
      signal: stopping.signal,
      onTrouble: vi.fn(),
    })
    expect(await trying).toBeUndefined()
    expect(attempt).toHaveBeenCalledTimes(1)
  })

  it('rejects with the last error once the deadline has passed', async () => {
    const attempt = failing(1_000)
    const trying = untilDeadline(attempt, { deadline: performance.now() + 3_000 })
    await expect(trying).rejects.toThrow('fails')
    // After 0, 100, 300, 700, 1500, 2500 and 3500 ms: the first that fails after the deadline is the last.
    expect(attempt).toHaveBeenCalledTimes(7)
    expect(slept()).toEqual([100, 200, 400, 800, 1_000, 1_000])
  })

  it('tries once when the deadline has passed already', async () => {
    expect(await untilDeadline(failing(0), { deadline: performance.now() - 1 })).toBe('done')
  })

  it('does not repeat what cannot succeed', async () => {
    const attempt = failing(2)
    const trying = untilDeadline(attempt, { deadline: performance.now() + 3_000, isFinal: () => true })
    await expect(trying).rejects.toThrow('fails 2 more')
    expect(attempt).toHaveBeenCalledTimes(1)
  })
})
