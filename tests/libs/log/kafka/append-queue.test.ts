import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { NewRecord } from '../../../../libs/log/event-log.ts'
import { appendQueue, bytesOf, runsOf } from '../../../../libs/log/kafka/append-queue.ts'

const record = (key: string, bytes = 10): NewRecord => ({ key, value: Buffer.alloc(bytes) })
const keysOf = (records: readonly NewRecord[]) => records.map(({ key }) => key).join('')
const perRecord = bytesOf(record('a'))

/** A queue whose sends are finished by hand, one after the other. */
function heldQueue(
  options: { maxBatchBytes?: number; maxWaitingRecords?: number; maxWaitingBytes?: number } = {},
) {
  const sent: string[] = []
  const finishing: ((error?: Error) => void)[] = []
  const queue = appendQueue({
    send: (run) => {
      sent.push(keysOf(run))
      return new Promise((resolve, reject) => {
        finishing.push((error) => (error ? reject(error) : resolve()))
      })
    },
    maxBatchBytes: 3 * perRecord,
    maxWaitingRecords: 100,
    maxWaitingBytes: 100 * perRecord,
    patienceMs: 10_000,
    ...options,
  })
  const finish = async (error?: Error) => {
    await vi.waitFor(() => expect(finishing.length).toBeGreaterThan(0))
    finishing.shift()!(error)
  }
  return { queue, sent, finish }
}

describe('runs of records', () => {
  it('hold as much as fits, in order', () => {
    expect(
      [
        ...runsOf(
          [...'abcdefg'].map((key) => record(key)),
          3 * perRecord,
        ),
      ].map(keysOf),
    ).toEqual(['abc', 'def', 'g'])
  })

  it('leave a record that is too large to itself', () => {
    const records = [record('a'), record('L', 1_000), record('b')]
    expect([...runsOf(records, 3 * perRecord)].map(keysOf)).toEqual(['a', 'L', 'b'])
  })

  it('count headers and the bytes, not the characters, of keys', () => {
    expect(bytesOf({ key: '店', value: null })).toBe(bytesOf({ key: 'abc', value: null }))
    expect(bytesOf({ key: 'a', value: null, headers: { h: '12345' } })).toBeGreaterThanOrEqual(
      bytesOf({ key: 'a', value: null }) + 6,
    )
  })
})

describe('the append queue', () => {
  it('sends one request at a time and lets waiting appends share the next', async () => {
    const { queue, sent, finish } = heldQueue()
    const appends = [...'abcde'].map((key) => queue.append([record(key)]))
    expect(sent).toEqual(['a'])
    await finish()
    await vi.waitFor(() => expect(sent).toEqual(['a', 'bcd']))
    await finish()
    await finish()
    await Promise.all(appends)
    expect(sent).toEqual(['a', 'bcd', 'e'])
  })

  it('goes on with what comes after a time in which nothing waited', async () => {
    const { queue, sent, finish } = heldQueue()
    for (const key of 'ab') {
      const append = queue.append([record(key)])
      await finish()
      await append
      await queue.drained()
    }
    expect(sent).toEqual(['a', 'b'])
  })

  it('cuts a large append into requests of the allowed size', async () => {
    const { queue, sent, finish } = heldQueue()
    const append = queue.append([...'abcdefg'].map((key) => record(key)))
    for (let index = 0; index < 3; index++) await finish()
    await append
    expect(sent).toEqual(['abc', 'def', 'g'])
  })

  it('does not send the rest of an append that has failed, and goes on with the next', async () => {
    const { queue, sent, finish } = heldQueue()
    const failing = queue.append([...'abcdef'].map((key) => record(key)))
    const next = queue.append([record('x')])
    failing.catch(() => undefined)
    await finish(new Error('no leader'))
    await expect(failing).rejects.toThrow('no leader')
    await finish()
    await next
    expect(sent).toEqual(['abc', 'x'])
  })

  it.each([
    ['records', { maxWaitingRecords: 3 }],
    ['bytes', { maxWaitingBytes: 3 * perRecord }],
  ])('refuses what would make too many %s wait', async (_, bound) => {
    const { queue, finish } = heldQueue({ maxBatchBytes: perRecord, ...bound })
    const accepted = [...'abcd'].map((key) => queue.append([record(key)])) // one under way, three waiting
    await expect(queue.append([record('e')])).rejects.toMatchObject({ code: 'HL_LOG_UNAVAILABLE' })
    for (const _ of accepted) await finish()
    await Promise.all(accepted)
  })

  it('takes an append of any size when none is waiting', async () => {
    const { queue, finish } = heldQueue({ maxWaitingRecords: 3, maxBatchBytes: 100 * perRecord })
    const append = queue.append([...'abcdef'].map((key) => record(key)))
    await finish()
    await append
  })

  it('is drained when all that waited was sent', async () => {
    const { queue, sent, finish } = heldQueue()
    const appends = [...'ab'].map((key) => queue.append([record(key)]))
    const drained = queue.drained()
    await finish()
    await finish()
    await drained
    expect(sent).toEqual(['a', 'b'])
    await Promise.all(appends)
    await queue.drained()
  })
})

describe('the append queue, in time', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('does not begin what has waited longer than its patience', async () => {
    const sent: string[] = []
    const queue = appendQueue({
      send: async (run, deadline) => {
        sent.push(keysOf(run))
        await new Promise((resolve) => setTimeout(resolve, deadline - performance.now() + 1))
        throw new Error('the log is down')
      },
      maxBatchBytes: perRecord,
      maxWaitingRecords: 100,
      maxWaitingBytes: 100 * perRecord,
      patienceMs: 10_000,
    })
    const outcomes = Promise.allSettled([queue.append([record('a')]), queue.append([record('b')])])
    await vi.runAllTimersAsync()
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(sent).toEqual(['a'])
  })

  it('gives appends that share a request the time that is left to the first of them', async () => {
    const deadlines: number[] = []
    const queue = appendQueue({
      async send(_, deadline) {
        deadlines.push(deadline)
        await new Promise((resolve) => setTimeout(resolve, 4_000))
      },
      maxBatchBytes: 2 * perRecord,
      maxWaitingRecords: 100,
      maxWaitingBytes: 100 * perRecord,
      patienceMs: 10_000,
    })
    const start = performance.now()
    const [one, two] = [queue.append([record('a')]), queue.append([record('b')])]
    await vi.advanceTimersByTimeAsync(3_000)
    const three = queue.append([record('c')])
    await vi.runAllTimersAsync()
    await Promise.all([one, two, three])
    expect(deadlines.map((deadline) => deadline - start)).toEqual([10_000, 10_000])
  })
})
