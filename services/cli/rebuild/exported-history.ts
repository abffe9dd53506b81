/* What the log no longer holds can come from an export: a file of items and events as at the HTTP interface. Most of what
 * lies in it lies in the log too, so it is said of one moment that the export holds every event that happened before it and
 * that the log had received before it. Whatever else the export holds does no harm, for each event counts in one place only:
 *
 *   in the log    passed over when it happened before the moment and was received before it
 *   in the export passed over when it happened later, or when the log holds it and does not pass it over: it was late
 *
 * Late events are known by their ids. The log's records of ours, by which users are forgotten and ids linked, all count.
 *
 * The lines of the export are the records of two partitions of their own, which stand in the store beside those of the log:
 * their positions, and the offsets in each user's state, see to it that a line counts once, however often it is fed. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { HalflifeError, messageOf } from '../../../libs/errors/halflife-error.ts'
import type { EventWeights } from '../../../libs/event/event-type.ts'
import type { EpochMs } from '../../../libs/interest/time.ts'
import type { PartitionState } from '../../../libs/store/interest-store.ts'
import type { OpenLog } from '../../process/substrate.ts'
import { type IsPassedOver, type UserRecord, understandBatch } from '../../tracker/understand-batch.ts'
import type { ImportSource } from '../import/import-source.ts'
import { jsonLinesSource, type LineRules } from '../import/json-lines-source.ts'

export interface ExportedHistory {
  /** Of its partitions. Another file, and another moment, have another one. */
  readonly topic: string
  readonly untilMs: EpochMs
  readonly source: ImportSource
}

/** @throws HL_IMPORT */
export async function openExport(
  path: string,
  untilMs: EpochMs,
  rules: Omit<LineRules, 'timed'>,
): Promise<ExportedHistory> {
  const digest = createHash('sha256').update(`${untilMs}\n`)
  try {
    for await (const chunk of createReadStream(path)) digest.update(chunk)
  } catch (error) {
    throw new HalflifeError('HL_IMPORT', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  const topic = `${TOPIC_PREFIX}${digest.digest('hex').slice(0, 8)}`
  return { topic, untilMs, source: await jsonLinesSource(path, { ...rules, timed: true }) }
}

const TOPIC_PREFIX = 'export-'

/** An interrupted rebuild is gone on with from the export it was begun from, or from none.
 *  @param states all partitions of the generation that is being built @throws HL_STORE_CONTRACT */
export function requireSameHistory(
  states: readonly PartitionState[],
  eventsTopic: string,
  exported: ExportedHistory | undefined,
): void {
  const before = states.find(({ topic }) => topic.startsWith(TOPIC_PREFIX))?.topic
  const isBegun = before !== undefined || states.some(({ topic }) => topic === eventsTopic)
  if (!isBegun || before === exported?.topic) return
  const from = before === undefined ? 'without an export' : 'from another export, or up to another moment'
  throw new HalflifeError(
    'HL_STORE_CONTRACT',
    `An interrupted rebuild was begun ${from}. Go on with that one, or remove it: halflife rebuild --abandon`,
  )
}

/** Which events do not count where they lie. */
export async function divisionBetween(
  { topic, untilMs }: ExportedHistory,
  { log, topics }: OpenLog,
  weights: EventWeights,
): Promise<IsPassedOver> {
  const late = new Set<string>()
  for await (const record of log.read(topics.events)) {
    for (const understood of [...understandBatch([record], weights).byUser.values()].flat()) {
      if (happenedBefore(untilMs, understood) && !isInExport(untilMs, understood))
        late.add(nameOf(understood))
    }
  }
  return (record, { topic: from }) => {
    if (record.event === undefined) return false
    return from === topic
      ? !happenedBefore(untilMs, record) || late.has(nameOf(record))
      : isInExport(untilMs, record)
  }
}

function happenedBefore(untilMs: EpochMs, { event }: UserRecord): boolean {
  return event !== undefined && event.occurredAtMs < untilMs
}

/** Of an event in the log. A dead letter that was put back counts from where it was put, and so does an event whose
 *  producer's clock was ahead: the export says another time of it. */
function isInExport(untilMs: EpochMs, record: UserRecord): boolean {
  const { logTimeMs, replayed, fromFuture } = record
  return happenedBefore(untilMs, record) && logTimeMs < untilMs && !replayed && !fromFuture
}

function nameOf({ userId, event }: UserRecord): string {
  return `${event?.fingerprint} ${userId}`
}
