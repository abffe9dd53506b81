import type { RememberedEvent } from './remembered-event.ts'
import type { DurationMs, EpochMs } from './time.ts'

/** Items that one user wanted in one go. */
export interface Session {
  /** Of its newest event. */
  readonly atMs: EpochMs
  readonly itemIds: ReadonlySet<string>
}

/** A pause longer than this ends a session, as is usual in web analytics. */
export const LONGEST_PAUSE_MS: DurationMs = 30 * 60_000

/** A user's sessions, newest first. `events`: newest first; what is not wanted, of weight 0 or below, is left out. */
export function sessionsOf(events: readonly RememberedEvent[]): Session[] {
  const sessions: { atMs: EpochMs; itemIds: Set<string> }[] = []
  let lastMs = Number.POSITIVE_INFINITY
  for (const { itemId, occurredAtMs, weight } of events) {
    if (weight <= 0) continue
    if (sessions.length === 0 || lastMs - occurredAtMs > LONGEST_PAUSE_MS) {
      sessions.push({ atMs: occurredAtMs, itemIds: new Set() })
    }
    sessions.at(-1)!.itemIds.add(itemId)
    lastMs = occurredAtMs
  }
  return sessions
}
