import type { EpochMs } from './time.ts'

/** One event as a user's state remembers it: enough to explain a score exactly and to recognise a repetition. */
export interface RememberedEvent {
  /** 16 hexadecimal digits that stand for the producer's eventId; see event-fingerprint.ts. */
  readonly fingerprint: string
  readonly itemId: string
  readonly type: string
  readonly occurredAtMs: EpochMs
  readonly weight: number
}
