import { randomBytes } from 'node:crypto'
import { ConfigResourceTypes, Kafka, logLevel, Partitioners } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { HalflifeError, isHalflifeError } from '../../libs/errors/halflife-error.ts'
import type { Batch } from '../../libs/log/event-log.ts'
import { kafkaEventLog } from '../../libs/log/kafka/kafka-event-log.ts'
import { eventLogContract } from './event-log.contract.ts'
import {
  contractLogs,
  keeper,
  newGroup,
  newTopic,
  numbered,
  numbersOf,
  patient,
  readAll,
  rising,
} from './event-log-sample.ts'

const clientId = 'halflife-contract'
const brokers = inject('kafkaBrokers').split(',')
/** The shortest that a broker allows by default. */
const sessionTimeoutMs = 6_000
const open = async () => kafkaEventLog({ brokers, clientId, sessionTimeoutMs })

eventLogContract('kafka', open)

describe('kafka event log', () => {
  const { logWithTopic } = contractLogs(open)
  const kafka = new Kafka({ brokers, clientId: 'someone-else', logLevel: logLevel.NOTHING })
  const admin = kafka.admin()

  beforeAll(() => admin.connect())
  afterAll(() => admin.disconnect())

  it('begins at the start of the log when startAt lies before it', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(20))
    await admin.fetchTopicOffsets(topic) // kafkajs deletes only from topics it has met
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '12' }] })
    const { numbers, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic], onBatch, startAt: async () => 4 })
    await expect.poll(numbers, patient).toEqual(rising(20).slice(12))
    expect(numbersOf(await readAll(log, topic))).toEqual(rising(20).slice(12))
  })

  it('tells of records that the log removes while the subscription runs, once, and goes on behind them', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(10))
    await admin.fetchTopicOffsets(topic) // kafkajs deletes only from topics it has met
    const { numbers, onBatch } = keeper()
    const onExpired = vi.fn()
    const overtaking = async (batch: Batch) => {
      if (batch.records[0]!.offset === 4) {
        await log.append(topic, numbered(20, 10))
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '25' }] })
      }
      await onBatch(batch)
    }
    await log.subscribe({ group, topics: [topic], onBatch: overtaking, startAt: async () => 4, onExpired })
    await expect.poll(numbers, patient).toEqual([4, 5, 6, 7, 8, 9, 25, 26, 27, 28, 29])
    expect(onExpired.mock.calls).toEqual([[{ topic, partition: 0, count: 15 }]])
  })

  it('reads and consumes what was committed in a transaction, and nothing that was aborted', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    const producer = kafka.producer({
      transactionalId: topic,
      createPartitioner: Partitioners.DefaultPartitioner,
      maxInFlightRequests: 1,
      idempotent: true,
    })
    await producer.connect()
    const messages = (from: number) => numbered(5, from).map(({ key, value }) => ({ key, value }))
    for (const [from, ending] of [
      [0, 'commit'],
      [100, 'abort'],
      [5, 'commit'],
      [200, 'abort'],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: messages(from) })
      await transaction[ending]()
    }
    await producer.disconnect()
    expect(numbersOf(await readAll(log, topic))).toEqual(rising(10))
    const { numbers, onBatch } = keeper()
    const onExpired = vi.fn()
    await log.subscribe({ group, topics: [topic], onBatch, onExpired })
    await expect.poll(numbers, patient).toEqual(rising(10))
    await log.append(topic, numbered(1, 10))
    await expect.poll(numbers, patient).toEqual(rising(11))
    expect(onExpired).not.toHaveBeenCalled()
  })

  // The broker writes the batches anew, as a producer in Java would have.
  it.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    'reads and consumes what is compressed with %s',
    async (codec) => {
      const { log, topic, group } = await logWithTopic({ partitions: 1 })
      const configEntries = [{ name: 'compression.type', value: codec }]
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
      })
      // More than one block of either, of what can be compressed and of what cannot.
      const values = [
        ...numbered(500).map(({ value }) => value!),
        ...[300_000, 10, 70_000].map((size) => Buffer.concat([randomBytes(size), Buffer.alloc(size, 'abc')])),
      ]
      await log.append(
        topic,
        values.map((value) => ({ key: 'k', value })),
      )
      const read = await readAll(log, topic)
      expect(read.map(({ value }) => value!.toString('base64'))).toEqual(
        values.map((v) => v.toString('base64')),
      )
      const { kept, onBatch } = keeper()
      await log.subscribe({ group, topics: [topic], onBatch })
      await expect.poll(() => kept.length, patient).toBe(values.length)
    },
  )

  it('tells the subscription alone what a batch failed for, unless it was the log', async () => {
    const onKafkaTrouble = vi.fn()
    const log = kafkaEventLog({ brokers, clientId, sessionTimeoutMs, onTrouble: onKafkaTrouble })
    const topic = newTopic()
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: false }])
    await log.append(topic, numbered(1))
    const onTrouble = vi.fn()
    const failures = (['HL_STORE_UNAVAILABLE', 'HL_SETTING', 'HL_LOG_UNAVAILABLE'] as const).map(
      (code) => new HalflifeError(code, 'refused'),
    )
    const left = [...failures]
    const { kept, onBatch } = keeper()
    const failing = async (batch: Batch) => {
      const failure = left.shift()
      if (failure !== undefined) throw failure
      await onBatch(batch)
    }
    await log.subscribe({ group: newGroup(), topics: [topic], onBatch: failing, onTrouble })
    await expect.poll(() => kept.length, patient).toBe(1)
    await log.close()
    expect(onTrouble.mock.calls.flat()).toEqual(failures)
    expect(onKafkaTrouble.mock.calls.flat()).toEqual(failures.slice(-1))
  })

  it('leaves no group behind after reading', async () => {
    const { log, topic } = await logWithTopic()
    await log.append(topic, numbered(10))
    const groupsBefore = (await admin.listGroups()).groups.length
    expect(await readAll(log, topic)).toHaveLength(10)
    expect((await admin.listGroups()).groups).toHaveLength(groupsBefore)
  })

  it('keeps its partitions while a handler takes longer than the session timeout', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(5))
    const handled = vi.fn()
    await log.subscribe({
      group,
      topics: [topic],
      onBatch: async () => {
        await new Promise((resolve) => setTimeout(resolve, sessionTimeoutMs + 2_000))
        handled()
      },
    })
    await expect.poll(() => log.committedOffsets(group, topic), patient).toEqual(new Map([[0, 5]]))
    expect(handled).toHaveBeenCalledTimes(1)
  })

  it('holds an append until its topic is there', async () => {
    const { log } = await logWithTopic()
    const topic = newTopic()
    const appending = log.append(topic, numbered(5))
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: false }])
    await appending
    expect(await readAll(log, topic)).toHaveLength(5)
  })

  it('refuses a record that the topic does not allow, and takes the next', async () => {
    const { log, topic } = await logWithTopic({ partitions: 1 })
    const value = randomBytes(3 * 1024 * 1024) // random bytes do not compress
    await expect(log.append(topic, [{ key: 'large', value }])).rejects.toMatchObject({
      code: 'HL_BODY_TOO_LARGE',
    })
    await log.append(topic, numbered(1))
    expect(await readAll(log, topic)).toHaveLength(1)
  })

  it('makes compacted topics that tell of removals for a month, and are compacted within a week', async () => {
    const { log } = await logWithTopic()
    const topic = newTopic()
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: true }])
    const configNames = ['cleanup.policy', 'delete.retention.ms', 'max.compaction.lag.ms']
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames }],
    })
    const entries = resources[0]!.configEntries.map(({ configName, configValue }) => [
      configName,
      configValue,
    ])
    expect(Object.fromEntries(entries)).toEqual({
      'cleanup.policy': 'compact',
      'delete.retention.ms': '2592000000',
      'max.compaction.lag.ms': '604800000',
    })
  })

  it('takes larger records in a topic that was made for them', async () => {
    const { log } = await logWithTopic()
    const topic = newTopic()
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: false, mostBytes: 2 * 1024 * 1024 }])
    const value = randomBytes(1.5 * 1024 * 1024)
    await log.append(topic, [{ key: 'large', value }])
    expect((await readAll(log, topic)).map((record) => value.equals(record.value!))).toEqual([true])
  })
})

describe('kafka event log without a broker', () => {
  const nowhere = (onTrouble = () => {}) => kafkaEventLog({ brokers: ['127.0.0.1:1'], clientId, onTrouble })
  const unavailable = { code: 'HL_LOG_UNAVAILABLE' }

  it('rejects appends, pings and readings as unavailable', async () => {
    const log = nowhere()
    await Promise.all([
      expect(log.append(newTopic(), numbered(1))).rejects.toMatchObject(unavailable),
      expect(log.ping()).rejects.toMatchObject(unavailable),
      expect(readAll(log, newTopic())).rejects.toMatchObject(unavailable),
      expect(log.ensureTopics([])).rejects.toMatchObject(unavailable),
    ])
    await log.close()
  })

  it('goes on trying to consume, reports it, and can be closed', async () => {
    const onKafkaTrouble = vi.fn()
    const log = nowhere(onKafkaTrouble)
    const onTrouble = vi.fn()
    await log.subscribe({ group: 'nobody', topics: [newTopic()], onBatch: keeper().onBatch, onTrouble })
    await expect.poll(() => onTrouble.mock.calls.length, patient).toBeGreaterThanOrEqual(2)
    expect(onTrouble.mock.calls.every(([error]) => isHalflifeError(error, 'HL_LOG_UNAVAILABLE'))).toBe(true)
    await log.close()
    expect(onKafkaTrouble.mock.calls).toEqual(onTrouble.mock.calls)
  })
})
