import { describe, expect, it, vi } from 'vitest'
import { startingOffset } from '../../../libs/log/starting-offset.ts'

const bounds = async () => ({ start: 10, end: 20 })
const starting = (answer: number | undefined) => startingOffset(async () => answer, bounds, 'events', 3)

describe('the starting offset', () => {
  it('is what startAt answers, both ends included', async () => {
    expect(await starting(10)).toBe(10)
    expect(await starting(15)).toBe(15)
    expect(await starting(20)).toBe(20)
  })

  it('is left to the commit when startAt answers undefined', async () => {
    expect(await starting(undefined)).toBeUndefined()
  })

  it('is the start of the log when the answer lies before it', async () => {
    expect(await starting(0)).toBe(10)
  })

  it('tells how many records the log no longer holds, unless the beginning was asked for', async () => {
    const onExpired = vi.fn()
    for (const answer of [4, 10, 0]) await startingOffset(async () => answer, bounds, 'events', 3, onExpired)
    expect(onExpired.mock.calls).toEqual([[{ topic: 'events', partition: 3, count: 6 }]])
  })

  it('is refused beyond the end of the log, naming the place', async () => {
    await expect(starting(21)).rejects.toMatchObject({
      code: 'HL_STORE_CONTRACT',
      message: expect.stringMatching(/events\[3\].*21.*ends at 20/s),
    })
  })

  it.each([-1, 1.5, Number.NaN])('takes %s for a bug', async (answer) => {
    await expect(starting(answer)).rejects.toThrow('must answer an offset')
  })
})
