import type { LogRecord } from '../../../libs/log/event-log.ts'
import { decodePartition } from '../../../libs/store/partition-codec.ts'
import type { Outcome } from './outcome-check.ts'

/** What `problems` finds in the record of each partition of the topic that has records, and which of them has none. */
export function committedPartitions(
  { data, stored }: Outcome,
  topic: string,
  problems: (
    name: string,
    committed: ReturnType<typeof decodePartition>,
    records: readonly LogRecord[],
  ) => string[],
): string[] {
  return data.topics.get(topic)!.flatMap((records, partition) => {
    if (records.length === 0) return []
    const name = `${topic}/${partition}`
    const fields = stored.partitions.get(name)
    if (fields === undefined) return [`${name} was never committed`]
    return problems(name, decodePartition(name, fields), records)
  })
}
