import { describe, expect, it, vi } from 'vitest'
import { turnstile } from '../../../services/scorer/turnstile.ts'

function opened(mostInHand: number, withinMs = 100) {
  let nowMs = 0
  const onShed = vi.fn()
  const gate = turnstile({ mostInHand, withinMs, clock: () => nowMs, onShed })
  return { gate, onShed, pass: (ms: number) => (nowMs += ms) }
}

describe('a turnstile', () => {
  it('refuses what goes beyond those in hand, and lets in again when one is done', async () => {
    const { gate, onShed } = opened(2)
    const ends: (() => void)[] = []
    const work = () => gate.pass(() => new Promise<void>((resolve) => ends.push(resolve)))
    const first = work()
    work()
    await expect(work()).rejects.toMatchObject({ code: 'HL_OVERLOADED', retryable: true })
    expect(onShed).toHaveBeenCalledWith({ reason: 'queue', inHand: 2 })
    ends[0]!()
    await first
    await expect(gate.pass(async () => 'done')).resolves.toBe('done')
  })

  it('gives up what has waited too long, and no longer counts it', async () => {
    const { gate, onShed, pass } = opened(1)
    const late = gate.pass(async (stillWanted) => {
      pass(101)
      stillWanted()
    })
    await expect(late).rejects.toMatchObject({ code: 'HL_OVERLOADED' })
    expect(onShed).toHaveBeenCalledWith({ reason: 'deadline', waitedMs: 101 })
    const inTime = gate.pass(async (stillWanted) => {
      pass(100)
      stillWanted()
    })
    await expect(inTime).resolves.toBeUndefined()
  })

  it('lets in again after work that failed', async () => {
    const { gate } = opened(1)
    await expect(gate.pass(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    await expect(gate.pass(async () => 'done')).resolves.toBe('done')
  })
})
