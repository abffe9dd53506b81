/** Milliseconds since 1970-01-01T00:00:00Z. Time is always an argument: the pure core reads no clock. */
export type EpochMs = number
export type DurationMs = number
