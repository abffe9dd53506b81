import type { DurationMs } from '../interest/time.ts'

const DAY_MS = 86_400_000

/** How long a removed item or profile is remembered, to refuse a write older than the removal. */
export const TOMBSTONE_TTL_MS: DurationMs = 30 * DAY_MS

/** How long the vector of a text is kept after it was made. */
export const EMBEDDING_TTL_MS: DurationMs = 90 * DAY_MS

/** How long a user is remembered as waiting for an item, counted from the last such event. */
export const WAITING_TTL_MS: DurationMs = 30 * DAY_MS
