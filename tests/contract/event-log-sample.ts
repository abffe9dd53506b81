import { randomUUID } from 'node:crypto'
import { afterEach, expect } from 'vitest'
import type { Batch, EventLog, LogRecord, NewRecord } from '../../libs/log/event-log.ts'

/** Of the topics of the contract, unless a test asks for another number. */
export const partitions = 3
/** How a test polls: a group of the real log may take seconds to form. */
export const patient = { timeout: 30_000, interval: 20 }

/** Records whose values count up, dealt out over twenty keys. */
export const numbered = (count: number, from = 0): NewRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `user-${(from + index) % 20}`,
    value: Buffer.from(String(from + index)),
  }))

export const numbersOf = (records: readonly LogRecord[]) =>
  records.map(({ value }) => Number(value?.toString()))
export const rising = (count: number) => Array.from({ length: count }, (_, index) => index)
export const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)

export function grouped(
  records: readonly LogRecord[],
  by: (record: LogRecord) => string | number,
): LogRecord[][] {
  const groups = new Map<string | number, LogRecord[]>()
  for (const record of records) groups.set(by(record), [...(groups.get(by(record)) ?? []), record])
  return [...groups.values()]
}

/** A subscriber that keeps what it is handed. */
export function keeper() {
  const kept: LogRecord[] = []
  const onBatch = async (batch: Batch) => {
    kept.push(...batch.records)
  }
  return { kept, onBatch, numbers: () => numbersOf(kept) }
}

export async function readAll(
  log: EventLog,
  topic: string,
  from?: Map<number, number>,
): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const record of log.read(topic, from)) records.push(record)
  return records
}

export const newTopic = () => `contract.${randomUUID()}`
export const newGroup = () => `contract-group.${randomUUID()}`

/** Has a group consume and commit all that the topic holds, and leave. */
export async function consumeAll(log: EventLog, group: string, topic: string): Promise<LogRecord[]> {
  const { kept, onBatch } = keeper()
  const subscription = await log.subscribe({ group, topics: [topic], onBatch })
  const ends = [...(await log.endOffsets(topic))].filter(([, end]) => end > 0)
  await expect.poll(() => log.committedOffsets(group, topic), patient).toEqual(new Map(ends))
  await subscription.close()
  return kept
}

export interface ContractLogs {
  /** Another opening of the one log, closed after the test. */
  openLog(): Promise<EventLog>
  /** An opening, and a topic and a group that no other test uses. */
  logWithTopic(topic?: {
    compacted?: boolean
    partitions?: number
  }): Promise<{ log: EventLog; topic: string; group: string }>
}

/** To be called inside a `describe`. */
export function contractLogs(open: () => Promise<EventLog>): ContractLogs {
  const opened: EventLog[] = []

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()))
  })

  async function openLog(): Promise<EventLog> {
    const log = await open()
    opened.push(log)
    return log
  }

  return {
    openLog,
    async logWithTopic(wanted) {
      const log = await openLog()
      const topic = newTopic()
      await log.ensureTopics([{ name: topic, partitions, compacted: false, ...wanted }])
      return { log, topic, group: newGroup() }
    },
  }
}
