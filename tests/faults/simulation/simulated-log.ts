import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type {
  Batch,
  EventLog,
  LogRecord,
  NewRecord,
  SubscriptionOptions,
} from '../../../libs/log/event-log.ts'
import { type StartingOffset, startingOffsets } from '../../../libs/log/starting-offset.ts'
import type { FaultName, Faults } from './faults.ts'
import type { Call, PendingCalls, Process } from './pending-calls.ts'
import type { SeededRandom } from './seeded-random.ts'

/** The records of every topic, by partition, and what the groups have committed. */
export interface LogData {
  readonly topics: ReadonlyMap<string, LogRecord[][]>
  /** All of them, as they were appended. */
  readonly inOrder: LogRecord[]
  /** By `group topic/partition`. */
  readonly commits: Map<string, number>
}

export function logData(partitionsOf: Readonly<Record<string, number>>): LogData {
  const topics = Object.entries(partitionsOf).map(([topic, partitions]): [string, LogRecord[][]] => {
    return [topic, Array.from({ length: partitions }, () => [])]
  })
  return { topics: new Map(topics), inOrder: [], commits: new Map() }
}

/** Any placement will do that gives equal keys one partition. */
export function partitionOf(key: string, partitions: number): number {
  return Buffer.from(key).reduce((sum, byte) => sum + byte, 0) % partitions
}

/** @param key null: as only a producer of another make would write */
export function appendTo(
  data: LogData,
  topic: string,
  record: Omit<NewRecord, 'key'> & { readonly key: string | null; readonly timestampMs: number },
): void {
  const partitions = data.topics.get(topic)!
  const partition = partitionOf(record.key ?? '', partitions.length)
  const records = partitions[partition]!
  const headers = Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(value)])
  const appended: LogRecord = {
    topic,
    partition,
    offset: records.length,
    timestampMs: record.timestampMs,
    key: record.key === null ? null : Buffer.from(record.key),
    value: record.value,
    headers: Object.fromEntries(headers),
  }
  records.push(appended)
  data.inOrder.push(appended)
}

/** What of the world the log of one process is made of. */
export interface LogSurroundings {
  readonly data: LogData
  readonly calls: PendingCalls
  readonly random: SeededRandom
  readonly faults: () => Faults
  readonly happened: (fault: FaultName) => void
  readonly now: () => number
}

/** One process's belief that a partition is its own. */
export interface Holding {
  readonly topic: string
  readonly partition: number
  readonly process: Process
  /** Takes no batch after the one in hand. */
  end(): void
  /** No batch is in hand any more. */
  readonly hasEnded: () => boolean
}

/** A batch holds at most so many records, so that there are many to cut. */
const LONGEST_BATCH = 12

/** The log as one process has it: `append` for the tracker, `hold` for the world, which hands out the partitions. */
export interface SimulatedLog {
  readonly log: EventLog
  /** @param onBug told of an error that is no HalflifeError */
  hold(topic: string, partition: number, onBug: (error: unknown) => void): Holding
}

export function simulatedLog(process: Process, call: Call, surroundings: LogSurroundings): SimulatedLog {
  const { data, random, now } = surroundings
  const subscriptions = new Map<string, SubscriptionOptions>()
  const endOf = (topic: string, partition: number): number => data.topics.get(topic)![partition]!.length
  const boundsOf = async (topic: string, partition: number) => ({ start: 0, end: endOf(topic, partition) })
  const startingOffset = startingOffsets(boundsOf)

  const notSimulated = (): never => {
    throw new Error('the simulation has no use for this')
  }
  const log: EventLog = {
    ensureTopics: notSimulated,
    async append(topic, records) {
      // The records of one call may arrive in two parts, and then only one of them.
      const cut = random.below(records.length + 1)
      for (const part of [records.slice(0, cut), records.slice(cut)].filter(({ length }) => length > 0)) {
        await call(`append ${topic}`, () => {
          for (const record of part) appendTo(data, topic, { timestampMs: now(), ...record })
        })
      }
    },
    async subscribe(subscription) {
      for (const topic of subscription.topics) subscriptions.set(topic, subscription)
      return { close: async () => undefined }
    },
    endOffsets: (topic) =>
      call(`endOffsets ${topic}`, () => {
        return new Map(data.topics.get(topic)!.map(({ length }, partition) => [partition, length]))
      }),
    committedOffsets: notSimulated,
    async *read(topic, from = new Map()) {
      yield* await call(`read ${topic}`, () => {
        return data.topics
          .get(topic)!
          .flatMap((records, partition) => records.slice(from.get(partition) ?? 0))
      })
    },
    ping: notSimulated,
    close: async () => undefined,
  }

  return {
    log,
    hold(topic, partition, onBug) {
      let held = true
      let ended = false
      const subscription = subscriptions.get(topic)!
      consume({
        ...surroundings,
        process,
        subscription,
        startingOffset,
        topic,
        partition,
        isHeld: () => held,
        endOf,
      })
        .catch(onBug)
        .finally(() => {
          ended = true
        })
      return { topic, partition, process, end: () => (held = false), hasEnded: () => ended }
    },
  }
}

interface Consuming extends LogSurroundings {
  readonly process: Process
  readonly subscription: SubscriptionOptions
  readonly startingOffset: StartingOffset
  readonly topic: string
  readonly partition: number
  readonly isHeld: () => boolean
  readonly endOf: (topic: string, partition: number) => number
}

/** One batch at a time, as the port says: after a failed one from `startAt`, else from the failed batch's beginning. */
async function consume(consuming: Consuming): Promise<void> {
  const { data, random, subscription, topic, partition, isHeld } = consuming
  const commit = `${subscription.group} ${topic}/${partition}`
  let next = await takeUp(consuming, undefined)
  while (isHeld()) {
    const batch = await nextBatch(consuming, next)
    if (batch === undefined) return
    try {
      await subscription.onBatch(batch)
      next = batch.records.at(-1)!.offset + 1
      // The group's commit trails behind; that of somebody who holds the partition no more is refused.
      if (isHeld() && random.chance(0.5)) data.commits.set(commit, next)
    } catch (error) {
      subscription.onTrouble?.(error)
      if (!(error instanceof HalflifeError)) throw error
      next = await takeUp(consuming, batch.records[0]!.offset)
    }
  }
}

async function takeUp(consuming: Consuming, from: number | undefined): Promise<number> {
  const { data, subscription, startingOffset, topic, partition, isHeld } = consuming
  while (isHeld()) {
    try {
      const answer = await startingOffset(subscription, topic, partition)
      return answer ?? from ?? data.commits.get(`${subscription.group} ${topic}/${partition}`) ?? 0
    } catch (error) {
      subscription.onTrouble?.(error)
      if (!(error instanceof HalflifeError) || error.code === 'HL_STORE_CONTRACT') throw error
    }
  }
  return 0
}

/** undefined when the partition was taken away meanwhile. */
function nextBatch(consuming: Consuming, next: number): Promise<Batch | undefined> {
  const { data, calls, random, faults, happened, process, topic, partition, isHeld, endOf } = consuming
  const isReady = (): boolean => !isHeld() || next < endOf(topic, partition)
  return calls.wait(process, `batch of ${topic}/${partition} from ${next}`, isReady, () => {
    if (!isHeld()) return undefined
    const again = next > 0 && random.chance(faults().redelivery)
    if (again) happened('redelivery')
    const from = again ? Math.max(0, next - 1 - random.below(8)) : next
    const records = data.topics.get(topic)![partition]!.slice(from, from + 1 + random.below(LONGEST_BATCH))
    return { topic, partition, records, endOffset: endOf(topic, partition) }
  })
}
