import type { EachBatchHandler, EachBatchPayload } from 'kafkajs'
import { maxBatchRecords } from '../batch-limit.ts'
import type { Batch, SubscriptionOptions } from '../event-log.ts'
import type { PartitionBounds } from '../starting-offset.ts'
import { kafkaRecord } from './kafka-record.ts'
import type { PartitionPositions, TakenPartition } from './partition-positions.ts'

/** A fetch may bring many thousands of records: its size is limited in compressed bytes. */
function* portBatches({
  topic,
  partition,
  messages,
  highWatermark,
}: EachBatchPayload['batch']): Generator<Batch> {
  for (let from = 0; from < messages.length; from += maxBatchRecords) {
    const records = messages
      .slice(from, from + maxBatchRecords)
      .map((message) => kafkaRecord(topic, partition, message))
    yield { topic, partition, records, endOffset: Number(highWatermark) }
  }
}

/** Runs the handler while heartbeats go out. A heartbeat that fails is not dealt with here: kafkajs sends another
 *  after the batch, which fails in the same way and makes it join again. */
async function whileBeating(heartbeat: () => Promise<void>, intervalMs: number, run: () => Promise<void>) {
  const beating = setInterval(() => heartbeat().catch(() => undefined), intervalMs)
  try {
    await run()
  } finally {
    clearInterval(beating)
  }
}

export interface BatchHandlerOptions {
  readonly subscription: SubscriptionOptions
  readonly positions: PartitionPositions
  readonly boundsOf: (topic: string, partition: number) => Promise<PartitionBounds>
  readonly heartbeatMs: number
  readonly onTrouble: (error: unknown) => void
}

/** kafkajs goes on by itself at the log's start once retention has overtaken a partition. What compaction removed and the
 *  markers of transactions are gaps, too, and no loss: only the log's start tells.
 *  @returns whether the partition may go on with the fetch */
async function passGap(
  first: number,
  taken: TakenPartition,
  { batch: { topic, partition }, heartbeat }: EachBatchPayload,
  { subscription: { onExpired }, positions, boundsOf, heartbeatMs, onTrouble }: BatchHandlerOptions,
): Promise<boolean> {
  // At 0 it was left to the group's commit or the beginning where to begin, and nothing was handed over yet.
  if (onExpired === undefined || taken.lowest === 0 || first <= taken.lowest) return true
  const isOurs = () => positions.find(topic, partition) === taken
  try {
    await whileBeating(heartbeat, heartbeatMs, async () => {
      const start = Math.min(first, (await boundsOf(topic, partition)).start)
      if (isOurs() && start > taken.lowest) onExpired({ topic, partition, count: start - taken.lowest })
    })
  } catch (error) {
    onTrouble(error)
    if (isOurs()) positions.retake(topic, partition, taken.lowest)
    return false
  }
  taken.lowest = first
  return isOurs()
}

/** kafkajs's side of `onBatch`. It rejects only with kafkajs's own failures (heartbeat, commit), never with the
 *  handler's: those pause the partition and bring it back. */
export function batchHandler(options: BatchHandlerOptions): EachBatchHandler {
  const { subscription, positions, heartbeatMs, onTrouble } = options
  const { onBatch, startAt } = subscription

  /** Hands one batch over. @returns whether the partition may go on with the next batch of the fetch */
  async function handOver(batch: Batch, taken: TakenPartition, payload: EachBatchPayload): Promise<boolean> {
    const { topic, partition, records } = batch
    const isOurs = () => positions.find(topic, partition) === taken
    try {
      await whileBeating(payload.heartbeat, heartbeatMs, () => onBatch(batch))
    } catch (error) {
      onTrouble(error)
      if (isOurs()) positions.retake(topic, partition, records[0]!.offset)
      return false
    }
    if (!isOurs()) return false // assigned anew meanwhile: no longer ours to commit
    const last = records.at(-1)!.offset
    taken.pause.reset()
    taken.lowest = last + 1
    payload.resolveOffset(String(last))
    const offset = String(taken.lowest)
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] })
    return payload.isRunning()
  }

  return async (payload) => {
    const { topic, partition, messages } = payload.batch
    const taken = positions.find(topic, partition)
    if (!taken?.ready) return // fetched before the partition was paused; it will be fetched again
    const first = Number(messages[0]!.offset)
    if (startAt && first < taken.lowest) {
      // kafkajs went back by itself: the log no longer had the position.
      onTrouble(
        new Error(
          `${topic}[${partition}] was set back from ${taken.lowest} to ${first}; asking startAt again`,
        ),
      )
      positions.retake(topic, partition, taken.lowest)
      return
    }
    if (!(await passGap(first, taken, payload, options))) return
    for (const batch of portBatches(payload.batch)) {
      await payload.heartbeat() // when the group is rebalancing this rejects, before more work is begun
      if (!(await handOver(batch, taken, payload))) return
    }
  }
}
