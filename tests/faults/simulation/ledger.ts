import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import type { LogRecord } from '../../../libs/log/event-log.ts'
import type { Undecodable } from '../../../services/tracker/dead-letter.ts'
import { understandBatch } from '../../../services/tracker/understand-batch.ts'
import type { LogData } from './simulated-log.ts'
import { topics, weights } from './small-world.ts'

/** An event that the log has accepted, as its first record tells it. */
export interface LoggedEvent {
  readonly event: RememberedEvent
  /** Where its records lie: several when the producer sent it again. Partitions as `topic/partition`. */
  readonly copies: { readonly partition: string; readonly offset: number }[]
}

/** What the log says has happened, whatever the trackers make of it. */
export interface Ledger {
  /** Events that weigh something, by user. */
  eventsOf(userId: string): readonly LoggedEvent[]
  /** Records of the events topic that cannot be understood. */
  undecodable(): readonly Undecodable[]
}

/** Follows the events topic of the log as it grows. */
export function ledger(data: LogData): Ledger {
  const partitions = data.topics.get(topics.events)!
  const read = partitions.map(() => 0)
  const byUser = new Map<string, Map<string, LoggedEvent>>()
  const undecodable: Undecodable[] = []

  function follow(): void {
    for (const [partition, records] of partitions.entries()) {
      const fresh = records.slice(read[partition])
      read[partition] = records.length
      if (fresh.length > 0) note(fresh, `${topics.events}/${partition}`)
    }
  }

  function note(records: readonly LogRecord[], partition: string): void {
    const understood = understandBatch(records, weights)
    undecodable.push(...understood.undecodable)
    for (const [userId, theirs] of understood.byUser) {
      const events = byUser.get(userId) ?? new Map<string, LoggedEvent>()
      byUser.set(userId, events)
      for (const { event, offset } of theirs) {
        if (event === undefined || event.weight === 0) continue
        const known = events.get(event.fingerprint)
        if (known === undefined) events.set(event.fingerprint, { event, copies: [{ partition, offset }] })
        else known.copies.push({ partition, offset })
      }
    }
  }

  return {
    eventsOf(userId) {
      follow()
      return [...(byUser.get(userId)?.values() ?? [])]
    },
    undecodable() {
      follow()
      return undecodable
    },
  }
}
