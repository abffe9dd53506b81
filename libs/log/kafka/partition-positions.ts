/* Where each assigned partition stands. A partition is taken up when the group assigns it and again after a failed batch:
 * it is paused, `startAt` is asked until it answers, the consumer seeks there, and the partition is resumed. While a
 * partition is being taken up no batch of it may be handed over. Pausing, rather than waiting inside the batch handler,
 * lets the other partitions of the same fetch go on and keeps the heartbeats coming. */
import { setMaxListeners } from 'node:events'
import type { Consumer, IMemberAssignment } from 'kafkajs'
import type { SubscriptionOptions } from '../event-log.ts'
import { type GrowingPause, growingPause, untilItSucceeds } from '../growing-pause.ts'
import type { StartingOffset } from '../starting-offset.ts'

export interface TakenPartition {
  /** False while the partition is being taken up. */
  ready: boolean
  /** No record below may be handed over. */
  lowest: number
  /** Grows from failed batch to failed batch. */
  readonly pause: GrowingPause
}

export interface PartitionPositionsOptions {
  readonly consumer: Consumer
  readonly subscription: Pick<SubscriptionOptions, 'topics' | 'startAt' | 'onAssigned' | 'onExpired'>
  readonly startingOffset: StartingOffset
  readonly onTrouble: (error: unknown) => void
}

export interface PartitionPositions {
  /** Forgets everything and takes up the partitions of a new assignment. */
  assign(assignment: IMemberAssignment): void
  /** undefined when the partition is not, or no longer, assigned. */
  find(topic: string, partition: number): TakenPartition | undefined
  /** Takes a partition up again after a pause; without an answer from startAt it goes on from `offset`. */
  retake(topic: string, partition: number, offset: number): void
  /** Stops all taking up; batches in hand may still be finished. */
  stop(): void
}

function newAssignment(): AbortController {
  const assignment = new AbortController()
  setMaxListeners(0, assignment.signal) // every partition may wait on it
  return assignment
}

export function partitionPositions(options: PartitionPositionsOptions): PartitionPositions {
  const { consumer, subscription, startingOffset, onTrouble } = options
  let assigned = new Map<string, TakenPartition>()
  let assignment = newAssignment()
  const keyOf = (topic: string, partition: number) => `${topic}/${partition}`

  /** Must pause before anything is awaited, so that no fetch slips in between. */
  async function takeUp(topic: string, partition: number, fallback?: number): Promise<void> {
    const taken = assigned.get(keyOf(topic, partition))
    const { signal } = assignment
    if (!taken || signal.aborted) return
    const here = [{ topic, partitions: [partition] }]
    taken.ready = false
    consumer.pause(here)
    if (fallback !== undefined) await taken.pause.wait(signal)
    const attempt = async () => {
      const answer = await startingOffset(subscription, topic, partition)
      if (signal.aborted) return
      const offset = answer ?? fallback
      if (offset !== undefined) consumer.seek({ topic, partition, offset: String(offset) })
      taken.lowest = offset ?? 0
      taken.ready = true
      consumer.resume(here)
    }
    await untilItSucceeds(attempt, { pause: taken.pause, signal, onTrouble })
  }

  return {
    assign(memberAssignment) {
      assignment.abort()
      assignment = newAssignment()
      assigned = new Map()
      for (const topic of subscription.topics) subscription.onAssigned?.(topic, memberAssignment[topic] ?? [])
      for (const [topic, partitions] of Object.entries(memberAssignment)) {
        for (const partition of partitions) {
          assigned.set(keyOf(topic, partition), { ready: false, lowest: 0, pause: growingPause() })
          void takeUp(topic, partition)
        }
      }
    },
    find: (topic, partition) => assigned.get(keyOf(topic, partition)),
    retake(topic, partition, offset) {
      void takeUp(topic, partition, offset)
    },
    stop() {
      assignment.abort()
    },
  }
}
