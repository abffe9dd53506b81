import { expect, it, vi } from 'vitest'
import type { EventLog } from '../../libs/log/event-log.ts'
import {
  consumeAll,
  contractLogs,
  keeper,
  newGroup,
  newTopic,
  numbered,
  numbersOf,
  partitions,
  patient,
  readAll,
  rising,
  sorted,
} from './event-log-sample.ts'

export function eventLogGroupsContract(open: () => Promise<EventLog>): void {
  const { logWithTopic, openLog } = contractLogs(open)

  it('takes an append of 15,000 records and delivers each once, in batches that tell the end', async () => {
    const { log, topic, group } = await logWithTopic()
    const value = Buffer.alloc(200, 'x')
    await log.append(
      topic,
      rising(15_000).map((n) => ({ key: `user-${n}`, value: Buffer.concat([Buffer.from(`${n}:`), value]) })),
    )
    const ends = await log.endOffsets(topic)
    const seen: string[] = []
    const subscription = await log.subscribe({
      group,
      topics: [topic],
      onBatch: async ({ records, endOffset, partition }) => {
        expect(endOffset).toBe(ends.get(partition))
        expect(records.length).toBeLessThanOrEqual(4_000)
        seen.push(...records.map((record) => `${record.partition}/${record.offset}`))
      },
    })
    await expect.poll(() => seen.length, patient).toBe(15_000)
    await subscription.close()
    expect(new Set(seen).size).toBe(15_000)
  })

  it('tells where the partitions end and what a group has committed', async () => {
    const { log, topic, group } = await logWithTopic()
    expect(await log.committedOffsets(group, topic)).toEqual(new Map())
    await log.append(topic, numbered(100))
    const ends = await log.endOffsets(topic)
    expect([...ends.keys()].sort()).toEqual(rising(partitions))
    expect([...ends.values()].reduce((a, b) => a + b)).toBe(100)
    await consumeAll(log, group, topic)
    expect(await log.committedOffsets(group, topic)).toEqual(ends)
  })

  it('hands a group what comes after its commit', async () => {
    const { log, topic, group } = await logWithTopic()
    await log.append(topic, numbered(50))
    expect(sorted(numbersOf(await consumeAll(log, group, topic)))).toEqual(rising(50))
    await log.append(topic, numbered(50, 50))
    expect(sorted(numbersOf(await consumeAll(log, group, topic)))).toEqual(rising(100).slice(50))
  })

  it('hands every group everything', async () => {
    const { log, topic } = await logWithTopic()
    const [one, two] = [keeper(), keeper()]
    await log.subscribe({ group: newGroup(), topics: [topic], onBatch: one.onBatch })
    await log.subscribe({ group: newGroup(), topics: [topic], onBatch: two.onBatch })
    await log.append(topic, numbered(60))
    await expect.poll(() => [one.kept.length, two.kept.length], patient).toEqual([60, 60])
    expect(sorted(one.numbers())).toEqual(rising(60))
    expect(sorted(two.numbers())).toEqual(rising(60))
  })

  it('hands a group that consumes several topics the records of each', async () => {
    const { log, topic, group } = await logWithTopic()
    const second = newTopic()
    await log.ensureTopics([{ name: second, partitions: 1, compacted: true }])
    const { kept, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic, second], onBatch })
    await log.append(topic, numbered(10))
    await log.append(second, [{ key: 'item', value: Buffer.from('10') }])
    await expect.poll(() => kept.length, patient).toBe(11)
    expect(kept.filter((record) => record.topic === second)).toHaveLength(1)
  })

  it('hands each record to one of two members, before and after one of them leaves', async () => {
    const { log, topic, group } = await logWithTopic()
    const other = await openLog()
    const [one, two] = [keeper(), keeper()]
    const first = await log.subscribe({ group, topics: [topic], onBatch: one.onBatch })
    await other.subscribe({ group, topics: [topic], onBatch: two.onBatch })
    const both = () => sorted([...one.numbers(), ...two.numbers()])
    for (const round of rising(20)) await log.append(topic, numbered(10, round * 10))
    await expect.poll(both, patient).toEqual(rising(200))
    await first.close()
    const leftWith = one.kept.length
    await log.append(topic, numbered(100, 200))
    await expect.poll(both, patient).toEqual(rising(300))
    expect(one.kept).toHaveLength(leftWith)
  })

  it('brings a batch back after its handler rejected, and goes on with other partitions meanwhile', async () => {
    const { log, topic, group } = await logWithTopic()
    await log.append(topic, numbered(60))
    const ends = await log.endOffsets(topic)
    const { kept, onBatch } = keeper()
    const onTrouble = vi.fn()
    const failure = new Error('the store is down')
    let failing = true
    const failedAt: number[] = []
    await log.subscribe({
      group,
      topics: [topic],
      onTrouble,
      onBatch: async (batch) => {
        if (failing && batch.partition === 0) {
          failedAt.push(batch.records[0]!.offset)
          throw failure
        }
        await onBatch(batch)
      },
    })
    await expect.poll(() => failedAt.length, patient).toBeGreaterThanOrEqual(3)
    await log.append(topic, numbered(60, 60))
    const elsewhere = () => kept.filter(({ partition }) => partition !== 0).length
    await expect.poll(elsewhere, patient).toBe(2 * (ends.get(1)! + ends.get(2)!))
    expect(new Set(failedAt)).toEqual(new Set([0]))
    expect(kept.some(({ partition }) => partition === 0)).toBe(false)
    expect((await log.committedOffsets(group, topic)).get(0) ?? 0).toBe(0)
    expect(onTrouble).toHaveBeenCalledWith(failure)
    failing = false
    await expect.poll(() => kept.length, patient).toBe(120)
    const ofFirst = kept.filter(({ partition }) => partition === 0)
    expect(ofFirst.map(({ offset }) => offset)).toEqual(rising(2 * ends.get(0)!))
  })

  it('finishes and commits the batch in hand when it is closed, and begins no other', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(10))
    let finish = () => {}
    const inHand = new Promise<void>((resolve) => {
      finish = resolve
    })
    const begun = vi.fn()
    const subscription = await log.subscribe({
      group,
      topics: [topic],
      onBatch: async () => {
        begun()
        await inHand
      },
    })
    await expect.poll(() => begun.mock.calls.length, patient).toBe(1)
    const closing = subscription.close()
    await log.append(topic, numbered(10, 10))
    finish()
    await closing
    expect(await log.committedOffsets(group, topic)).toEqual(new Map([[0, 10]]))
    expect(begun).toHaveBeenCalledTimes(1)
  })

  it('closes at once while a failed batch waits for its next try', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(1))
    let failures = 0
    const subscription = await log.subscribe({
      group,
      topics: [topic],
      onBatch: async () => {
        failures++
        throw new Error('no')
      },
    })
    await expect.poll(() => failures, patient).toBeGreaterThanOrEqual(2)
    await subscription.close()
    const atClose = failures
    expect(await log.committedOffsets(group, topic)).toEqual(new Map())
    expect(failures).toBe(atClose)
  })

  it('waits for a topic that is created later', async () => {
    const log = await openLog()
    const topic = newTopic()
    const { numbers, onBatch } = keeper()
    await log.subscribe({ group: newGroup(), topics: [topic], onBatch })
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: false }])
    await log.append(topic, numbered(3))
    await expect.poll(numbers, patient).toEqual([0, 1, 2])
  })

  it('holds records and commits after it is closed and opened again', async () => {
    const { log, topic, group } = await logWithTopic()
    await log.append(topic, numbered(30))
    await consumeAll(log, group, topic)
    await log.close()
    const again = await openLog()
    expect(sorted(numbersOf(await readAll(again, topic)))).toEqual(rising(30))
    await again.append(topic, numbered(10, 30))
    expect(sorted(numbersOf(await consumeAll(again, group, topic)))).toEqual(rising(40).slice(30))
  })

  it('wakes a subscriber for an append made through another opening of the log', async () => {
    const { log, topic, group } = await logWithTopic()
    const { numbers, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic], onBatch })
    const other = await openLog()
    await other.append(topic, numbered(1))
    await expect.poll(numbers, patient).toEqual([0])
  })

  it('tells a member which partitions it has', async () => {
    const { log, topic, group } = await logWithTopic()
    const onAssigned = vi.fn()
    const subscription = await log.subscribe({ group, topics: [topic], onBatch: async () => {}, onAssigned })
    await expect.poll(() => onAssigned.mock.lastCall, patient).toEqual([topic, rising(partitions)])
    await subscription.close()
  })
}
