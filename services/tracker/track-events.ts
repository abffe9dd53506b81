import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { emptyCounts } from '../../libs/interest/decayed-counts.ts'
import type { Batch } from '../../libs/log/event-log.ts'
import type { PartitionState } from '../../libs/store/interest-store.ts'
import { commitBatch, type RecordsByUser, vectorsFor } from './commit-batch.ts'
import { setAside } from './dead-letter.ts'
import type { EventTracking } from './event-tracking.ts'
import { understandBatch } from './understand-batch.ts'

export interface EventTracker {
  /** For the log's `startAt`: the next offset to apply, by the store's account. */
  startAt(topic: string, partition: number): Promise<number>
  /** For the log's `onBatch`. */
  track(batch: Batch): Promise<void>
}

/** An event older than this on arrival tells nothing about how fresh the pipeline is. */
const LATE_MS = 60_000

/** Applies batches of the events topic:
 *
 *      decode → item vectors → read states → apply in memory → compare-and-set
 *
 *  A batch may come again, whole or in part, to this tracker or another: the offsets that the store keeps with each
 *  user and each partition see to it that nothing counts twice. */
export function eventTracker(context: EventTracking): EventTracker {
  const { store, say } = context
  /** Where this tracker left each partition, or was told to take it up. */
  const positions = new Map<string, number>()

  /** The partition's state, if it is where this tracker left it. Otherwise another tracker has gone on with it, or the
   *  store has lost its last writes (and their positions with them): the log must start again from where it stands. */
  async function readPartition(topic: string, partition: number): Promise<PartitionState | undefined> {
    const stored = await store.readPartition(topic, partition)
    const left = positions.get(`${topic}/${partition}`)
    if (left !== undefined && (stored?.position ?? 0) !== left) {
      const detail = `${topic}/${partition} stands at ${stored?.position ?? 'no offset'} in the store, not at ${left}`
      throw new HalflifeError('HL_POSITION_MOVED', detail)
    }
    return stored
  }

  return {
    async startAt(topic, partition) {
      // What the store knows nothing of begins at 0, never at the group's commit: the store may have lost its position.
      // And the answer is kept: a store that loses writes before the first batch comes no longer stands there.
      const position = (await store.readPartition(topic, partition))?.position ?? 0
      positions.set(`${topic}/${partition}`, position)
      return position
    },
    async track({ topic, partition, records, endOffset }) {
      const lap = say.stopwatch()
      const before = await readPartition(topic, partition)
      const next = records.at(-1)!.offset + 1
      const fresh = records.filter((record) => record.offset >= (before?.position ?? 0))
      if (fresh.length > 0) {
        const { byUser, undecodable } = understandBatch(fresh, context.weights)
        await setAside(undecodable, context.log, context.deadLetterTopic, say)
        lap('decode')
        const vectors = await vectorsFor(byUser, context)
        lap('vectors')
        const after = { topic, partition, position: next, trending: before?.trending ?? emptyCounts() }
        await commitBatch(byUser, vectors, after, before?.position, context, lap)
        positions.set(`${topic}/${partition}`, next)
        sayVisible(byUser, context)
      }
      say.batchFinished({ topic, partition, records: fresh.length, lag: endOffset - next })
    },
  }
}

function sayVisible(byUser: RecordsByUser, { say, now }: EventTracking): void {
  const nowMs = now()
  let clamped = 0
  for (const records of byUser.values()) {
    for (const { event, logTimeMs, fromFuture, replayed } of records) {
      if (event === undefined || replayed) continue
      const isLate = logTimeMs - event.occurredAtMs > LATE_MS
      say.eventVisible((nowMs - (isLate ? logTimeMs : event.occurredAtMs)) / 1_000)
      if (fromFuture) clamped++
    }
  }
  if (clamped > 0) say.eventsClamped(clamped)
}
