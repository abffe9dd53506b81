import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { EventLog, Subscription } from '../../../libs/log/event-log.ts'
import { lastingSubscription } from '../../../services/tracker/lasting-subscription.ts'

const LONG_MS = 60_000
const loss = new HalflifeError('HL_POSITION_MOVED', 'events/0 stands at 3 in the store, not at 5')

describe('a lasting subscription', () => {
  let open: Set<number>
  let begun: number
  let found: (HalflifeError | Error)[]
  let troubles: unknown[]

  beforeEach(() => {
    vi.useFakeTimers()
    open = new Set()
    begun = 0
    found = []
    troubles = []
  })
  afterEach(() => vi.useRealTimers())

  function subscribe(beforeSubscribing = async (): Promise<void> => undefined): Promise<Subscription> {
    const log = {
      async subscribe() {
        await beforeSubscribing()
        const number = ++begun
        open.add(number)
        return { close: async () => void open.delete(number) }
      },
    } as unknown as EventLog
    const options = {
      group: 'g',
      topics: ['events'],
      onBatch: async () => undefined,
      onTrouble: (error: unknown) => troubles.push(error),
    }
    return lastingSubscription(log, options, async () => {
      const next = found.shift()
      if (next !== undefined && next !== loss) throw next
      return next as HalflifeError | undefined
    })
  }

  it('stays the same while nothing is lost', async () => {
    await subscribe()
    await vi.advanceTimersByTimeAsync(LONG_MS)
    expect([...open]).toEqual([1])
  })

  it('is begun anew when the store has lost something, and says so', async () => {
    await subscribe()
    found.push(loss)
    await vi.advanceTimersByTimeAsync(LONG_MS)
    expect([[...open], troubles]).toEqual([[2], [loss]])
  })

  it('looks again when the store did not answer', async () => {
    await subscribe()
    found.push(new Error('away'), loss)
    await vi.advanceTimersByTimeAsync(LONG_MS)
    expect([...open]).toEqual([2])
  })

  it('is begun once more when it could not be', async () => {
    const answers = [true, false, true]
    await subscribe(async () => {
      if (!answers.shift()) throw new Error('away')
    })
    found.push(loss)
    await vi.advanceTimersByTimeAsync(LONG_MS)
    expect([...open]).toEqual([2])
  })

  it('leaves nothing open when it is closed while it is being begun anew', async () => {
    let go = (): void => undefined
    const gates = [Promise.resolve(), new Promise<void>((resolve) => (go = resolve))]
    const subscription = await subscribe(() => gates.shift()!)
    found.push(loss)
    await vi.advanceTimersByTimeAsync(LONG_MS)
    const closing = subscription.close()
    go()
    await closing
    expect([begun, open.size]).toEqual([2, 0])
  })
})
