import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withCircuitBreaker } from '../../../libs/embedding/circuit-breaker.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('circuit breaker', () => {
  it('refuses calls after three failures in a row, with the last reason, and tries again half a minute later', async () => {
    const run = vi.fn<() => Promise<Float32Array[]>>(() => Promise.reject(new Error('out of memory')))
    const guarded = withCircuitBreaker(run)
    for (let i = 0; i < 3; i++) await expect(guarded(['a'])).rejects.toThrow('out of memory')
    await expect(guarded(['a'])).rejects.toMatchObject({
      code: 'HL_MODEL_UNAVAILABLE',
      message: expect.stringContaining('out of memory'),
    })
    expect(run).toHaveBeenCalledTimes(3)
    vi.advanceTimersByTime(30_000)
    run.mockResolvedValueOnce([])
    expect(await guarded(['a'])).toEqual([])
  })

  it('lets single failures pass', async () => {
    let calls = 0
    const guarded = withCircuitBreaker(async () => {
      if (++calls % 3 !== 0) throw new Error('now and then')
      return []
    })
    const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => 0).map(() => guarded(['a'])))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })
})
