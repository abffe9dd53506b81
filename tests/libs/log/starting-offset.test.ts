import { describe, expect, it, vi } from 'vitest'
import { startingOffsets } from '../../../libs/log/starting-offset.ts'

const bounds = async () => ({ start: 10, end: 20 })
const starting = (answer: number | undefined) =>
  startingOffsets(bounds)({ startAt: async () => answer }, 'events', 3)

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
    for (const answer of [4, 10, 0]) {
      await startingOffsets(bounds)({ startAt: async () => answer, onExpired }, 'events', 3)
    }
    expect(onExpired.mock.calls).toEqual([[{ topic: 'events', partition: 3, count: 6 }]])
  })

  it('is refused beyond the end of the log, naming the place', async () => {
    await expect(starting(21)).rejects.toMatchObject({
      code: 'HL_STORE_CONTRACT',
      message: expect.stringMatching(/events\[3\].*21.*ends at 20/s),
    })
  })

  it('stays refused when the log grows past it, until startAt answers something else', async () => {
    let end = 0
    const startingOffset = startingOffsets(async () => ({ start: 0, end }))
    const at = (answer: number) => startingOffset({ startAt: async () => answer }, 'events', 3)
    const refused = { code: 'HL_STORE_CONTRACT', message: expect.stringContaining('ends at 0') }
    await expect(at(10)).rejects.toMatchObject(refused)
    end = 12
    await expect(at(10)).rejects.toMatchObject(refused)
    expect(await at(0)).toBe(0)
    expect(await at(3)).toBe(3)
  })

  it.each([-1, 1.5, Number.NaN])('takes %s for a bug', async (answer) => {
    await expect(starting(answer)).rejects.toThrow('must answer an offset')
  })
})
