import { Counter, Histogram } from 'prom-client'
import type { ErrorCode } from '../../libs/errors/error-codes.ts'
import { isHalflifeError, messageOf } from '../../libs/errors/halflife-error.ts'
import type { Impression } from '../../libs/event/impression.ts'
import { type Attribution, type OutcomeKind, outcomes, positionLabel } from '../../libs/event/outcome.ts'
import type { Outcome } from '../../libs/interest/user-state.ts'
import type { Batch, LogRecord } from '../../libs/log/event-log.ts'
import { onceAMinute } from '../../libs/telemetry/once-a-minute.ts'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'
import { traceOf } from '../../libs/telemetry/trace-context.ts'
import { lagTelemetry } from './lag-telemetry.ts'

/** Steps of a batch, in the order they are taken. */
export type Stage = 'decode' | 'vectors' | 'read' | 'apply' | 'commit'

export type Lap = (stage: Stage) => void

/** Ids that were linked to an account, that belong to another one, and that were one too many for theirs. */
export interface LinkCounts {
  readonly linked: number
  readonly refused: number
  readonly dropped: number
}

/** Everything that can happen in a tracker, each with its log line and its metric. */
export interface TrackerTelemetry {
  eventsHandled(outcome: Outcome | 'control', type: string, count: number): void
  eventVisible(secondsSinceEvent: number): void
  eventsClamped(count: number): void
  /** They arrived long after they happened, and count as if they had not. */
  eventsLate(count: number): void
  /** Of these the same eventId had been applied; they change nothing. */
  eventsRepeated(count: number): void
  eventsWaiting(count: number): void
  waitingEventsSettled(count: number): void
  waitingEventsLost(count: number): void
  /** The log no longer held these records when the tracker came to them: its retention is shorter than its lag. */
  recordsExpired(facts: { topic: string; partition: number; count: number }): void
  recordDeadLettered(record: LogRecord, code: ErrorCode): void
  usersFenced(count: number): void
  usersForgotten(count: number): void
  /** Ids that turned out to be a user's other ids. */
  idsLinked(counts: LinkCounts): void
  itemsHandled(outcome: 'written' | 'removed', count: number): void
  profilesHandled(count: number): void
  usersNudged(count: number): void
  pageShown(impression: Impression): void
  outcomeOwed(outcome: OutcomeKind, attribution: Attribution): void
  /** The event is of no page that was shown lately, or of none that was logged. */
  outcomeUnowed(outcome: OutcomeKind): void
  /** Each call of what it returns says how long the stage took that ends there. */
  stopwatch(): Lap
  /** From now on these partitions of the topic are ours, and no others. */
  partitionsTaken(topic: string, partitions: readonly number[]): void
  batchTaken(batch: Batch): void
  batchFinished(batch: Batch): void
  /** While something is away this happens several times a second. Repeats are said once a minute. */
  batchFailed(error: unknown): void
}

/** Shown from the start: a series that appears with its first failure shows no rise. */
const FORESEEN_FAILURES = ['HL_LOG_UNAVAILABLE', 'HL_STORE_UNAVAILABLE', 'HL_POSITION_MOVED', 'HL_INTERNAL']

export function trackerTelemetry(telemetry: Telemetry, now: () => number = Date.now): TrackerTelemetry {
  const { log, registry } = telemetry
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers })

  const events = counter('halflife_events_total', 'Records of the events topic, by outcome and event type.', [
    'outcome',
    'type',
  ])
  const clamped = counter(
    'halflife_events_clamped_total',
    'Events that claimed the future and were set to log time.',
  )
  const late = counter('halflife_events_late_total', 'Events that arrived over a minute after they happened.')
  const settled = counter(
    'halflife_waiting_events_settled_total',
    'Waiting events applied after their item appeared.',
  )
  const lost = counter(
    'halflife_waiting_events_lost_total',
    'Waiting events dropped because too many waited.',
  )
  const expired = counter(
    'halflife_events_expired_total',
    'Events that the log had already removed when the tracker came to them.',
  )
  const deadLetters = counter('halflife_dead_letters_total', 'Records set aside, by topic and reason.', [
    'topic',
    'code',
  ])
  const fenced = counter('halflife_writes_fenced_total', 'User writes refused because the state had changed.')
  const forgotten = counter('halflife_users_forgotten_total', 'Users whose state was erased on request.')
  const links = counter('halflife_ids_linked_total', "Ids said to be a user's other ids, by outcome.", [
    'outcome',
  ])
  const items = counter('halflife_items_total', 'Catalog changes, by outcome.', ['outcome'])
  const profiles = counter('halflife_profiles_total', 'User profiles written or withdrawn.')
  const nudged = counter('halflife_users_nudged_total', 'Users woken because an item they wait for appeared.')
  const shown = counter(
    'halflife_recommendation_impressions_total',
    'Items shown, by scenario, variant, source and position, of the answers whose impressions are logged.',
    ['scenario', 'variant', 'source', 'position'],
  )
  const owed = counter(
    'halflife_recommendation_outcomes_total',
    'Clicks and conversions by the scenario, variant, source and position that they are owed to.',
    ['outcome', 'by', 'scenario', 'variant', 'source', 'position'],
  )
  const unowed = counter(
    'halflife_recommendation_outcomes_unowed_total',
    'Clicks and conversions that no page is known to have led to.',
    ['outcome'],
  )
  for (const outcome of outcomes) unowed.inc({ outcome }, 0)
  const failures = counter('halflife_batch_failures_total', 'Batches to be delivered again, by reason.', [
    'code',
  ])
  for (const code of FORESEEN_FAILURES) failures.inc({ code }, 0)
  const lag = lagTelemetry(telemetry)
  const isNew = onceAMinute(now)
  const stages = new Histogram({
    name: 'halflife_batch_stage_duration_seconds',
    help: 'Time a batch of events spends in each stage; of `read`, `apply` and `commit`, as many users of it as are written in one go: 50 in Redis.',
    labelNames: ['stage'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const freshness = new Histogram({
    name: 'halflife_freshness_seconds',
    help: 'From the event (or, for one that came late, from its arrival) to its effect in the store.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  })

  return {
    eventsHandled: (outcome, type, count) => events.inc({ outcome, type }, count),
    eventVisible: (seconds) => freshness.observe(seconds),
    eventsClamped(count) {
      clamped.inc(count)
      log.debug({ count }, 'Events from the future were set to log time.')
    },
    eventsLate(count) {
      late.inc(count)
      log.debug({ count }, 'Events arrived late; they count as if they had come at once.')
    },
    eventsRepeated(count) {
      log.debug({ count }, 'Events were sent twice under one eventId; each counts once.')
    },
    eventsWaiting(count) {
      log.debug({ count }, 'Events wait for items that are not known yet.')
    },
    waitingEventsSettled: (count) => settled.inc(count),
    waitingEventsLost(count) {
      lost.inc(count)
      log.error({ count }, 'Waiting events were lost: too many wait for unknown items. Send the items.')
    },
    recordsExpired(facts) {
      expired.inc(facts.count)
      log.error(
        facts,
        'Records were lost: the log removed them before they were read. Lengthen its retention.',
      )
    },
    recordDeadLettered({ topic, partition, offset, headers }, code) {
      deadLetters.inc({ topic, code })
      log.warn({ topic, partition, offset, code, ...traceOf(headers) }, 'Record set aside as a dead letter.')
    },
    usersFenced(count) {
      fenced.inc(count)
      log.warn({ count }, 'Writes were fenced: another tracker had changed these users. They are read again.')
    },
    usersForgotten(count) {
      forgotten.inc(count)
      log.info({ count }, 'Users were forgotten.')
    },
    idsLinked({ linked, refused, dropped }) {
      links.inc({ outcome: 'linked' }, linked)
      links.inc({ outcome: 'refused' }, refused)
      links.inc({ outcome: 'dropped' }, dropped)
      if (linked > 0) log.debug({ count: linked }, 'Ids were linked to their accounts.')
      if (refused > 0)
        log.debug({ count: refused }, 'Ids were not linked: they belong to another account already.')
      if (dropped > 0)
        log.error({ count: dropped }, 'Accounts have too many ids: the oldest no longer count for them.')
    },
    itemsHandled: (outcome, count) => items.inc({ outcome }, count),
    profilesHandled: (count) => profiles.inc(count),
    usersNudged: (count) => nudged.inc(count),
    pageShown({ scenario, variant = '', items }) {
      for (const { source, position } of items)
        shown.inc({ scenario, variant, source, position: positionLabel(position) })
    },
    outcomeOwed(outcome, { by, page: { scenario, variant }, source, position }) {
      owed.inc({ outcome, by, scenario, variant, source, position: positionLabel(position) })
    },
    outcomeUnowed: (outcome) => unowed.inc({ outcome }),
    stopwatch() {
      let last = performance.now()
      return (stage) => {
        const now = performance.now()
        stages.observe({ stage }, (now - last) / 1_000)
        last = now
      }
    },
    partitionsTaken(topic, partitions) {
      lag.taken(topic, partitions)
      log.debug({ topic, partitions }, 'Partitions taken.')
    },
    batchTaken({ topic, partition, records, endOffset }) {
      const { offset, timestampMs } = records[0]!
      lag.begun({ topic, partition, records: endOffset - offset, logTimeMs: timestampMs })
    },
    batchFinished({ topic, partition, records, endOffset }) {
      const { offset, timestampMs, headers } = records.at(-1)!
      const behind = endOffset - (offset + 1)
      lag.finished({ topic, partition, records: behind, logTimeMs: timestampMs })
      const facts = { topic, partition, records: records.length, lag: behind }
      log.debug({ ...facts, ...(records.length === 1 && traceOf(headers)) }, 'Batch finished.')
    },
    batchFailed(error) {
      const code = isHalflifeError(error) ? error.code : 'HL_INTERNAL'
      failures.inc({ code })
      const reason = messageOf(error)
      if (!isNew(`${code} ${reason}`)) return
      if (isHalflifeError(error)) log.warn({ code, reason }, 'Batch will be delivered again.')
      else
        log.error({ code, err: error }, 'Batch failed for an unforeseen reason and will be delivered again.')
    },
  }
}
