import { setMaxListeners } from 'node:events'
import type { Subscription, SubscriptionOptions } from '../event-log.ts'
import { growingPause, untilItSucceeds } from '../growing-pause.ts'
import type { StartingOffset } from '../starting-offset.ts'
import type { AppendBell } from './append-bell.ts'
import { type GroupLease, takeLease } from './group-lease.ts'
import type { LogDatabase } from './log-database.ts'

export interface EmbeddedSubscriptionOptions {
  readonly database: LogDatabase
  readonly bell: AppendBell
  readonly subscription: SubscriptionOptions
  readonly startingOffset: StartingOffset
}

interface Consuming extends EmbeddedSubscriptionOptions {
  readonly lease: GroupLease
  /** The batch in hand is the last one. */
  readonly ending: AbortSignal
  readonly onTrouble: (error: unknown) => void
}

/** Where a partition goes on: as startAt says, else at `from`, else at the group's commit or the beginning. */
async function position(
  consuming: Consuming,
  topic: string,
  partition: number,
  from?: number,
): Promise<number> {
  const { database, subscription, startingOffset } = consuming
  database.refresh()
  const answer = await startingOffset(subscription, topic, partition)
  return answer ?? from ?? database.commits.get([subscription.group, topic, partition]) ?? 0
}

async function consumePartition(consuming: Consuming, topic: string, partition: number): Promise<void> {
  const { database, bell, subscription, lease, ending, onTrouble } = consuming
  const persistence = { pause: growingPause(), signal: ending, onTrouble }
  const takeUp = (from?: number) =>
    untilItSucceeds(() => position(consuming, topic, partition, from), persistence)

  let next = await takeUp()
  while (next !== undefined && !ending.aborted) {
    const from: number = next
    try {
      const records = database.readFrom(topic, partition, from)
      if (records.length === 0) {
        await bell.rung(topic, ending)
        continue
      }
      const endOffset = database.ends.get([topic, partition]) ?? 0
      await subscription.onBatch({ topic, partition, records, endOffset })
      next = records.at(-1)!.offset + 1
      await lease.commit(topic, partition, next)
      persistence.pause.reset()
    } catch (error) {
      onTrouble(error)
      await persistence.pause.wait(ending)
      next = await takeUp(from)
    }
  }
}

async function consumeTopic(consuming: Consuming, topic: string): Promise<void> {
  const { database, bell, subscription, ending } = consuming
  let stored = database.topics.get(topic)
  while (!stored && !ending.aborted) {
    await bell.rung(topic, ending) // an absent topic is waited for
    stored = database.topics.get(topic)
  }
  const partitions = Array.from({ length: stored?.partitions ?? 0 }, (_, partition) => partition)
  subscription.onAssigned?.(topic, partitions)
  await Promise.all(partitions.map((partition) => consumePartition(consuming, topic, partition)))
}

/** A member of a group: stands by until the group is free, then consumes all partitions side by side. */
export function embeddedSubscription(options: EmbeddedSubscriptionOptions): Subscription {
  const { database, subscription } = options
  const closing = new AbortController()
  const onTrouble = (error: unknown) => subscription.onTrouble?.(error)

  async function ownOnce(): Promise<void> {
    const lease = await takeLease(database, subscription.group, { signal: closing.signal, onTrouble })
    if (!lease) return
    const ending = AbortSignal.any([closing.signal, lease.lost])
    setMaxListeners(0, ending) // every partition waits on it
    const consuming = { ...options, lease, ending, onTrouble }
    try {
      await Promise.all(subscription.topics.map((topic) => consumeTopic(consuming, topic)))
    } finally {
      for (const topic of subscription.topics) subscription.onAssigned?.(topic, [])
      await lease.release()
    }
  }

  async function beMember(): Promise<void> {
    const pause = growingPause()
    while (!closing.signal.aborted) {
      await untilItSucceeds(ownOnce, { pause, signal: closing.signal, onTrouble })
      pause.reset()
    }
  }

  const member = beMember()
  return {
    async close() {
      closing.abort()
      await member
    },
  }
}
