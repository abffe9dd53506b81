import { z } from 'zod'
import { HalflifeError } from '../errors/halflife-error.ts'
import type { EpochMs } from '../interest/time.ts'
import { type EventWeights, LARGEST_WEIGHT } from './event-type.ts'
import { identifier, isPlainIdentifier } from './identifier.ts'
import { shapeProblem } from './shape-problem.ts'

/** Event as sent: contract v1, `POST /v1/events` and topic `halflife.events`. */
export const eventSchema = z.object({
  eventId: identifier.optional(),
  type: z.string(),
  userId: identifier,
  itemId: identifier,
  /** ISO 8601 with an offset or Z; the time of arrival when absent. */
  occurredAt: z.iso
    .datetime({ offset: true, error: 'is no ISO 8601 time with its zone, as 2026-03-01T12:00:00Z' })
    .optional(),
  sessionId: identifier.optional(),
  /** Instead of the type's own weight. */
  weight: z.number().min(-LARGEST_WEIGHT).max(LARGEST_WEIGHT).optional(),
  recommendationId: identifier.optional(),
  context: z.record(z.string(), z.unknown()).optional(),
})

export type EventInput = z.infer<typeof eventSchema>

const occurredAtPattern = z.core.regexes.datetime({ precision: null, offset: true })

/** True only for what the schema takes as it is, and so for nearly every event: a quarter of the schema's time and none of
 *  its garbage. False says nothing: the schema then judges, and says what is wrong. */
export function isPlainEvent(value: unknown): value is EventInput {
  if (typeof value !== 'object' || value === null) return false
  const { eventId, type, userId, itemId, occurredAt, sessionId, weight, recommendationId, context } =
    value as Record<keyof EventInput, unknown>
  return (
    typeof type === 'string' &&
    isPlainIdentifier(userId) &&
    isPlainIdentifier(itemId) &&
    (eventId === undefined || isPlainIdentifier(eventId)) &&
    (sessionId === undefined || isPlainIdentifier(sessionId)) &&
    (recommendationId === undefined || isPlainIdentifier(recommendationId)) &&
    (occurredAt === undefined || (typeof occurredAt === 'string' && occurredAtPattern.test(occurredAt))) &&
    (weight === undefined || (typeof weight === 'number' && Math.abs(weight) <= LARGEST_WEIGHT)) &&
    (context === undefined || isPlainRecord(context))
  )
}

function isPlainRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.getPrototypeOf(value) === Object.prototype && !Object.hasOwn(value, '__proto__')
}

/** An event understood: its type is known, its weight and its time are numbers. */
export interface Event {
  readonly eventId: string | undefined
  readonly type: string
  readonly userId: string
  readonly itemId: string
  /** Used for decay; see `timeOf`. */
  readonly occurredAtMs: EpochMs
  /** The event claimed a later time than the log's, and the log's is used. */
  readonly fromFuture: boolean
  readonly weight: number
  /** What stood around it: country, device. */
  readonly context: Readonly<Record<string, unknown>> | undefined
  /** Of the answer that led to it. */
  readonly recommendationId: string | undefined
}

/** A producer's clock may be ahead of the log's by this much without being corrected. */
export const ALLOWED_SKEW_MS = 5 * 60_000
/** Further ahead than this it is not a clock's error but a wrong value. */
export const FURTHEST_FUTURE_MS = 24 * 3_600_000
/** In the year 2286. A log time beyond is one of micro- or nanoseconds, which old brokers take from producers as it is: it would
 *  outweigh all others for ever. */
export const LATEST_LOG_TIME_MS = 1e13

const codeByField = {
  type: 'HL_EVENT_TYPE',
  weight: 'HL_EVENT_WEIGHT',
  occurredAt: 'HL_EVENT_TIME',
} as const

/** Understands an event that the log received at `logTimeMs`.
 *  @throws HL_EVENT_* and HL_ID_*, naming the field, the value and the rule */
export function parseEvent(value: unknown, weights: EventWeights, logTimeMs: EpochMs): Event {
  if (isPlainEvent(value)) return understandEvent(value, weights, logTimeMs)
  const parsed = eventSchema.safeParse(value)
  if (!parsed.success) throw shapeProblem('event', value, parsed.error, codeByField, 'HL_EVENT_SHAPE')
  return understandEvent(parsed.data, weights, logTimeMs)
}

/** Understands an event that is of the documented shape already. @throws HL_EVENT_TYPE, HL_EVENT_TIME* */
export function understandEvent(input: EventInput, weights: EventWeights, logTimeMs: EpochMs): Event {
  const weight = weightOf(input, weights)
  const { occurredAtMs, fromFuture } = timeOf(input.occurredAt, logTimeMs)
  const { eventId, type, userId, itemId, context, recommendationId } = input
  return { eventId, type, userId, itemId, occurredAtMs, fromFuture, weight, context, recommendationId }
}

function weightOf(input: EventInput, weights: EventWeights): number {
  if (!Object.hasOwn(weights, input.type)) {
    const known = Object.keys(weights).join(', ')
    throw new HalflifeError(
      'HL_EVENT_TYPE',
      `event type ${JSON.stringify(input.type)} is not one of ${known}`,
    )
  }
  return input.weight ?? weights[input.type]!
}

/** The time that decay uses. A claim slightly ahead of the log is a clock's error and is believed; one further ahead
 *  is set to the log's time, so that no event outweighs all others for ever; one beyond a day is refused. */
function timeOf(
  occurredAt: string | undefined,
  logTimeMs: EpochMs,
): { occurredAtMs: EpochMs; fromFuture: boolean } {
  // Kafka says −1 where a producer gave no time.
  if (logTimeMs < 0 || logTimeMs > LATEST_LOG_TIME_MS) {
    throw new HalflifeError(
      'HL_EVENT_TIME',
      `the record's time is ${logTimeMs}, which is no milliseconds since 1970`,
    )
  }
  if (occurredAt === undefined) return { occurredAtMs: logTimeMs, fromFuture: false }
  const claimedMs = Date.parse(occurredAt)
  if (Number.isNaN(claimedMs) || claimedMs < 0) {
    throw new HalflifeError('HL_EVENT_TIME', `occurredAt ${occurredAt} is not a time since 1970`)
  }
  const aheadMs = claimedMs - logTimeMs
  if (aheadMs > FURTHEST_FUTURE_MS) {
    const now = new Date(logTimeMs).toISOString()
    throw new HalflifeError('HL_EVENT_TIME_FUTURE', `occurredAt ${occurredAt} is over 24 hours after ${now}`)
  }
  if (aheadMs > ALLOWED_SKEW_MS) return { occurredAtMs: logTimeMs, fromFuture: true }
  return { occurredAtMs: claimedMs, fromFuture: false }
}
