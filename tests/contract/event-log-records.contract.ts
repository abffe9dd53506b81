import { expect, it } from 'vitest'
import type { EventLog, LogRecord } from '../../libs/log/event-log.ts'
import {
  contractLogs,
  grouped,
  newTopic,
  numbered,
  numbersOf,
  partitions,
  readAll,
  rising,
  sorted,
} from './event-log-sample.ts'

export function eventLogRecordsContract(open: () => Promise<EventLog>): void {
  const { logWithTopic, openLog } = contractLogs(open)

  it('reads back what was appended, the records of a key in one partition and in order', async () => {
    const { log, topic } = await logWithTopic()
    await log.append(topic, numbered(200))
    await log.append(topic, numbered(100, 200))
    const records = await readAll(log, topic)
    expect(sorted(numbersOf(records))).toEqual(rising(300))
    for (const ofKey of grouped(records, ({ key }) => String(key))) {
      expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1)
      expect(numbersOf(ofKey)).toEqual(sorted(numbersOf(ofKey)))
    }
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(partitions)
  })

  it('keeps the order of appends that do not wait for each other', async () => {
    const { log, topic } = await logWithTopic()
    await Promise.all(rising(50).map((n) => log.append(topic, [{ key: 'one', value: Buffer.from(`${n}`) }])))
    expect(numbersOf(await readAll(log, topic))).toEqual(rising(50))
  })

  it('gives offsets from 0 without gaps in every partition', async () => {
    const { log, topic } = await logWithTopic()
    await log.append(topic, numbered(100))
    for (const records of grouped(await readAll(log, topic), ({ partition }) => partition)) {
      expect(records.map(({ offset }) => offset)).toEqual(rising(records.length))
    }
  })

  it('keeps bytes, headers, timestamps and tombstones as they are', async () => {
    const { log, topic } = await logWithTopic()
    const everyByte = Buffer.from(rising(256))
    const headers = { 'ce-type': 'click', 'ce-source': '店', empty: '' }
    await log.append(topic, [
      { key: '用户-1', value: everyByte, headers, timestampMs: 1_700_000_000_123 },
      { key: '用户-1', value: null },
      { key: '用户-1', value: Buffer.alloc(0) },
    ])
    const [full, tombstone, empty] = await readAll(log, topic)
    expect(full!.value).toEqual(everyByte)
    expect(full!.key).toEqual(Buffer.from('用户-1'))
    expect(full!.timestampMs).toBe(1_700_000_000_123)
    expect(full!.headers).toEqual({
      'ce-type': Buffer.from('click'),
      'ce-source': Buffer.from('店'),
      empty: Buffer.alloc(0),
    })
    expect(tombstone!.value).toBeNull()
    expect(tombstone!.headers).toEqual({})
    expect(empty!.value).toEqual(Buffer.alloc(0))
  })

  it('dates a record that has no timestamp with the time of its appending', async () => {
    const { log, topic } = await logWithTopic()
    const beforeMs = Date.now()
    await log.append(topic, numbered(1))
    const afterMs = Date.now()
    const [record] = await readAll(log, topic)
    expect(record!.timestampMs).toBeGreaterThanOrEqual(beforeMs)
    expect(record!.timestampMs).toBeLessThanOrEqual(afterMs)
  })

  it('appends nothing when given nothing', async () => {
    const { log, topic } = await logWithTopic()
    await log.append(topic, [])
    expect(await readAll(log, topic)).toEqual([])
  })

  it('reads on from given offsets, up to the end as it was when the reading began', async () => {
    const { log, topic } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(10))
    const reading = log.read(topic, new Map([[0, 7]]))[Symbol.asyncIterator]()
    const first = await reading.next()
    await log.append(topic, numbered(5, 10))
    const rest: LogRecord[] = []
    for (let next = await reading.next(); !next.done; next = await reading.next()) rest.push(next.value)
    expect([first.value.offset, ...rest.map(({ offset }) => offset)]).toEqual([7, 8, 9])
  })

  it('has no offsets and no records of a topic that does not exist', async () => {
    const log = await openLog()
    expect(await log.endOffsets('contract.absent')).toEqual(new Map())
    expect(await log.committedOffsets('contract.nobody', 'contract.absent')).toEqual(new Map())
    expect(await readAll(log, 'contract.absent')).toEqual([])
  })

  it('refuses an append to a topic that does not exist', async () => {
    const log = await openLog()
    await expect(log.append('contract.absent', numbered(1))).rejects.toMatchObject({
      code: 'HL_LOG_UNAVAILABLE',
    })
  })

  it('leaves existing topics as they are, also when several create them at once', async () => {
    const { log, topic } = await logWithTopic()
    await log.append(topic, numbered(20))
    const other = await openLog()
    const more = { name: newTopic(), partitions: 2, compacted: true }
    const specs = [{ name: topic, partitions: partitions + 4, compacted: true }, more]
    await Promise.all([log.ensureTopics(specs), other.ensureTopics(specs), log.ensureTopics(specs)])
    expect((await log.endOffsets(topic)).size).toBe(partitions)
    expect(await readAll(log, topic)).toHaveLength(20)
    expect([...(await other.endOffsets(more.name))]).toEqual([
      [0, 0],
      [1, 0],
    ])
  })

  it('keeps the newest record of each key of a compacted topic', async () => {
    const { log, topic } = await logWithTopic({ compacted: true })
    await log.append(topic, numbered(200))
    await log.append(topic, [{ key: 'user-3', value: null }])
    const newest = new Map(
      (await readAll(log, topic)).map(({ key, value }) => [String(key), value?.toString()]),
    )
    expect(newest.size).toBe(20)
    expect(newest.get('user-3')).toBeUndefined()
    expect(newest.get('user-19')).toBe('199')
  })

  it('answers a ping', async () => {
    const { log, topic } = await logWithTopic()
    await expect(log.ping()).resolves.toBeUndefined()
    await expect(log.ping([topic])).resolves.toBeUndefined()
  })

  it('names the topics that a ping asks for and that are not there', async () => {
    const { log, topic } = await logWithTopic()
    await expect(log.ping([topic, 'contract.absent', 'contract.away'])).rejects.toMatchObject({
      code: 'HL_LOG_UNAVAILABLE',
      message: expect.stringMatching(/ lacks contract\.absent, contract\.away\./),
    })
  })
}
