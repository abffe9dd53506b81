import { describe, expect, it, vi } from 'vitest'
import { runTraffic } from '../../../services/cli/traffic/run-traffic.ts'
import { clicked, visitorOf } from '../../../services/cli/traffic/visitor.ts'

const items = ['books', 'music', 'books', 'film'].map((category, n) => ({ itemId: `item-${n}`, category }))

describe('a made-up visitor', () => {
  it('comes back as the same person', () => {
    expect(visitorOf(5, ['books', 'music'])).toEqual({ userId: 'visitor-5', favourite: 'music' })
  })

  it('takes the first item of their kind when the draw is low, and another kind only when it is very low', () => {
    const reader = visitorOf(0, ['books'])
    expect(clicked(reader, items, () => 0.3)).toBe('item-0')
    expect(clicked(visitorOf(0, ['film']), items, () => 0.3)).toBe('item-3')
    expect(clicked(visitorOf(0, ['film']), items, () => 0.01)).toBe('item-0')
  })

  it('loses patience, and does not invent items', () => {
    expect(clicked(visitorOf(0, ['film']), items, () => 0.9)).toBeUndefined()
    expect(clicked(visitorOf(0, ['finance']), items, () => 0.5)).toBeUndefined()
    expect(clicked(visitorOf(0, ['film']), [], () => 0)).toBeUndefined()
  })
})

describe('traffic', () => {
  it('goes on when visits fail, and counts what came of each', async () => {
    const stopping = new AbortController()
    const outcomes = [true, false, 'failed', true]
    const onFailure = vi.fn()
    const summary = await runTraffic({
      rate: 1_000,
      signal: stopping.signal,
      onFailure,
      async visit() {
        const outcome = outcomes.shift()
        if (outcomes.length === 0) stopping.abort()
        if (typeof outcome !== 'boolean') throw new Error('away')
        return outcome
      },
    })
    expect(summary).toEqual({ visits: 4, clicks: 2, failures: 1, skipped: 0 })
    expect(onFailure).toHaveBeenCalledOnce()
  })

  it('never has more than 32 visits under way, and finishes them when it is stopped', async () => {
    const stopping = new AbortController()
    const open: (() => void)[] = []
    let finished = 0
    const traffic = runTraffic({
      rate: 1_000,
      signal: stopping.signal,
      onFailure: () => {},
      visit: () =>
        new Promise((resolve) => {
          open.push(() => {
            finished++
            resolve(false)
          })
        }),
    })
    await vi.waitFor(() => expect(open).toHaveLength(32))
    stopping.abort()
    for (const finish of open) finish()
    expect((await traffic).visits).toBe(32)
    expect(finished).toBe(32)
  })
})
