/* The embedded log on disk: one lmdb environment, shared by any number of processes. Values are MessagePack.
 *
 *   table    key                            value
 *   topics   topic                          { partitions, compacted }
 *   records  [topic, partition, offset]     [timestampMs, key, value bytes or null, { header: bytes }]
 *   ends     [topic, partition]             the offset of the next record
 *   newest   [topic, key]                   the offset of the key's newest record; compacted topics only
 *   commits  [group, topic, partition]      the offset the group reads next
 *   leases   group                          { owner, expiresAtMs }
 *
 * Offsets are given out inside the write transaction, of which lmdb allows one at a time over all processes: they are
 * dense and never used twice. A compacted topic drops a key's older record in the transaction that appends the newer
 * one, so its offsets have gaps. Nothing else is ever dropped: the embedded log keeps its records for good. */
import { type Database, open } from 'lmdb'
import { commitFailure, durableCommits } from '../../lmdb/durable-commits.ts'
import { maxBatchRecords } from '../batch-limit.ts'
import type { LogRecord, NewRecord, TopicSpec } from '../event-log.ts'
import { keyPartition } from './key-partition.ts'

type StoredRecord = [number, string, Buffer | null, Record<string, Buffer>]
type StoredTopic = Pick<TopicSpec, 'partitions' | 'compacted'>

/** A group's owner and how long it stays so without renewing, on the clock of the machine. */
export interface StoredLease {
  readonly owner: string
  readonly expiresAtMs: number
}

export interface LogDatabase {
  readonly topics: Database<StoredTopic, string>
  readonly ends: Database<number, [string, number]>
  readonly commits: Database<number, [string, string, number]>
  readonly leases: Database<StoredLease, string>
  /** Runs the writes of `action` in one transaction. Resolves with its result once they are durable. */
  write<T>(action: () => T): Promise<T>
  /** To be called inside `write`. */
  put(topic: string, records: readonly NewRecord[], nowMs: number): void
  /** The next records of a partition, at most `maxBatchRecords`, and no more once there are `maxBytes` of values. */
  readFrom(topic: string, partition: number, offset: number): LogRecord[]
  /** Makes what other processes have written visible to the reads that follow. */
  refresh(): void
  close(): Promise<void>
}

const maxBytes = 1024 * 1024

export function openLogDatabase(path: string): LogDatabase {
  const root = open({ path, maxDbs: 8, ...durableCommits })
  const topics = root.openDB<StoredTopic, string>('topics', {})
  const records = root.openDB<StoredRecord, [string, number, number]>('records', {})
  const ends = root.openDB<number, [string, number]>('ends', {})
  const newest = root.openDB<number, [string, string]>('newest', {})
  const commits = root.openDB<number, [string, string, number]>('commits', {})
  const leases = root.openDB<StoredLease, string>('leases', {})

  function storedRecord({ key, value, headers = {}, timestampMs }: NewRecord, nowMs: number): StoredRecord {
    const headerBytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])
    return [timestampMs ?? nowMs, key, value, Object.fromEntries(headerBytes)]
  }

  function dropOlder(topic: string, partition: number, key: string, offset: number): void {
    const older = newest.get([topic, key])
    if (older !== undefined) records.removeSync([topic, partition, older])
    newest.putSync([topic, key], offset)
  }

  return {
    topics,
    ends,
    commits,
    leases,
    async write(action) {
      try {
        return await root.transaction(action)
      } catch (error) {
        throw await commitFailure(error)
      }
    },
    put(topic, appended, nowMs) {
      const stored = topics.get(topic)
      if (!stored) throw new Error(`put needs an existing topic, got ${topic}`)
      // Each partition's end is read and written once, not for each record.
      const nextOf = new Map<number, number>()
      for (const record of appended) {
        const partition = keyPartition(record.key, stored.partitions)
        const offset = nextOf.get(partition) ?? ends.get([topic, partition]) ?? 0
        records.putSync([topic, partition, offset], storedRecord(record, nowMs))
        nextOf.set(partition, offset + 1)
        if (stored.compacted) dropOlder(topic, partition, record.key, offset)
      }
      for (const [partition, next] of nextOf) ends.putSync([topic, partition], next)
    },
    readFrom(topic, partition, offset) {
      const found: LogRecord[] = []
      let bytes = 0
      const range = { start: [topic, partition, offset], end: [topic, partition + 1], limit: maxBatchRecords }
      for (const { key: place, value: stored } of records.getRange(range)) {
        const [timestampMs, key, value, headers] = stored
        found.push({ topic, partition, offset: place[2], timestampMs, key: Buffer.from(key), value, headers })
        bytes += value?.length ?? 0
        if (bytes >= maxBytes) break
      }
      return found
    },
    refresh: () => root.resetReadTxn(),
    close: () => root.close(),
  }
}
