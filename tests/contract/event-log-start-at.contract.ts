import { expect, it, vi } from 'vitest'
import type { EventLog } from '../../libs/log/event-log.ts'
import {
  consumeAll,
  contractLogs,
  keeper,
  numbered,
  partitions,
  patient,
  rising,
  sorted,
} from './event-log-sample.ts'

export function eventLogStartAtContract(open: () => Promise<EventLog>): void {
  const { logWithTopic } = contractLogs(open)

  it('goes back to startAt, also when nothing new arrives after the commit', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(20))
    await consumeAll(log, group, topic)
    const { kept, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic], onBatch, startAt: async () => 5 })
    await expect.poll(() => kept.length, patient).toBe(15)
    expect(kept.map(({ offset }) => offset)).toEqual(rising(20).slice(5))
  })

  it('skips to startAt, and neither hands over nor loses anything around it', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(20))
    const { numbers, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic], onBatch, startAt: async () => 17 })
    await expect.poll(numbers, patient).toEqual([17, 18, 19])
    await log.append(topic, numbered(2, 20))
    await expect.poll(numbers, patient).toEqual([17, 18, 19, 20, 21])
  })

  it('begins at the end when startAt answers the end', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(20))
    const { numbers, onBatch } = keeper()
    const startAt = vi.fn(async () => 20)
    await log.subscribe({ group, topics: [topic], onBatch, startAt })
    await expect.poll(() => startAt.mock.calls.length, patient).toBe(1)
    await log.append(topic, numbered(1, 20))
    await expect.poll(numbers, patient).toEqual([20])
  })

  it('asks startAt once for each partition, and goes on from the commit where it answers undefined', async () => {
    const { log, topic, group } = await logWithTopic()
    await log.append(topic, numbered(60))
    await consumeAll(log, group, topic)
    const { numbers, onBatch } = keeper()
    const startAt = vi.fn(async () => undefined)
    await log.subscribe({ group, topics: [topic], onBatch, startAt })
    await log.append(topic, numbered(60, 60))
    await expect.poll(() => sorted(numbers()), patient).toEqual(rising(120).slice(60))
    expect(startAt.mock.calls.sort()).toEqual(rising(partitions).map((partition) => [topic, partition]))
  })

  it('asks startAt again after a failed batch and obeys the new answer', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(10))
    const positions = [2, 6]
    const begun: number[] = []
    const { numbers, onBatch } = keeper()
    await log.subscribe({
      group,
      topics: [topic],
      startAt: async () => positions.shift(),
      onBatch: async (batch) => {
        begun.push(batch.records[0]!.offset)
        if (begun.length === 1) throw new Error('another tracker has moved this partition on')
        await onBatch(batch)
      },
    })
    await expect.poll(numbers, patient).toEqual([6, 7, 8, 9])
    expect(begun).toEqual([2, 6])
  })

  it('asks startAt again while it rejects, and hands over nothing until it answers', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(10))
    const { numbers, onBatch } = keeper()
    const onTrouble = vi.fn()
    let asked = 0
    const failure = new Error('the store is down')
    const startAt = async () => {
      expect(numbers()).toEqual([])
      if (++asked < 4) throw failure
      return 8
    }
    await log.subscribe({ group, topics: [topic], onBatch, startAt, onTrouble })
    await expect.poll(numbers, patient).toEqual([8, 9])
    expect(onTrouble.mock.calls).toEqual([[failure], [failure], [failure]])
  })

  it('hands over nothing and reports it when startAt lies beyond the end of the log', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(10))
    const { kept, onBatch } = keeper()
    const onTrouble = vi.fn()
    const startAt = vi.fn(async () => 11)
    const subscription = await log.subscribe({ group, topics: [topic], onBatch, startAt, onTrouble })
    await expect.poll(() => startAt.mock.calls.length, patient).toBeGreaterThanOrEqual(3)
    await subscription.close()
    expect(kept).toEqual([])
    expect(onTrouble.mock.calls[0]![0]).toMatchObject({ code: 'HL_STORE_CONTRACT' })
  })

  it('goes on refusing what lay beyond the end when the log grows past it, also in a subscription begun anew', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    const { kept, onBatch } = keeper()
    const startAt = vi.fn(async () => 3)
    const onTrouble = vi.fn()
    const options = { group, topics: [topic], onBatch, startAt, onTrouble }
    const first = await log.subscribe(options)
    await expect.poll(() => onTrouble.mock.calls.length, patient).toBeGreaterThanOrEqual(1)
    await log.append(topic, numbered(10))
    await first.close()
    const asked = startAt.mock.calls.length
    const second = await log.subscribe(options)
    await expect.poll(() => startAt.mock.calls.length, patient).toBeGreaterThanOrEqual(asked + 2)
    await second.close()
    expect(kept).toEqual([])
  })
}
