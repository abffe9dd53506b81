import { HalflifeError, isHalflifeError } from '../../../libs/errors/halflife-error.ts'
import { forgetRecord } from '../../../libs/event/control-record.ts'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import type { ItemInput } from '../../../libs/event/item.ts'
import { sourceHeaders } from '../../../libs/event/replayed-record.ts'
import { emptyCounts } from '../../../libs/interest/decayed-counts.ts'
import type { LogRecord, NewRecord } from '../../../libs/log/event-log.ts'
import type { InterestStore } from '../../../libs/store/interest-store.ts'
import { partitionName } from '../../../libs/store/partition-codec.ts'
import type { PositionedTracker } from '../../tracker/positioned-tracker.ts'
import type { ImportPart, ImportSource } from '../import/import-source.ts'
import type { ImportContext } from '../import/run-import.ts'
import type { ExportedHistory } from './exported-history.ts'
import type { RebuildTelemetry } from './rebuild-telemetry.ts'

export interface FeedContext {
  readonly exported: ExportedHistory
  readonly store: InterestStore
  readonly onBroken: ImportContext['onBroken']
  readonly report: RebuildTelemetry['advanced']
}

type Feeder = Pick<PositionedTracker, 'startAt' | 'track'>
type Values<Part> = Part extends ImportPart<infer Value> ? Value : never
type ExportedEvent = Values<ImportSource['events']>

const AT_ONCE = 1_000
/** Items' sources need a partition. Kafka numbers its own with 31 bits: none of the items topic is this one. */
const ITEMS = 2 ** 31
const EVENTS = 0
/** One for the line, and before it one for a request to forget its user. */
const OFFSETS_PER_LINE = 2

/** Takes the items in, before the catalog's topics are followed: the log has the last word on each. One that it does not
 *  hold has been removed: its events count, and nobody is recommended it. */
export async function feedItems(tracker: Feeder, context: FeedContext): Promise<void> {
  const recordsOf = async (items: readonly ItemInput[]) =>
    items.map((item) => [encodeRecord(item.itemId, { ...item, available: false })])
  await feed('Items of the export', ITEMS, context.exported.source.items, tracker, recordsOf, context)
}

/** Takes the events in, when the catalog is there and users whom the log says to forget are forgotten.
 *  @param forgottenAt when each of the users was last forgotten according to what was live: the log may know it no more */
export async function feedEvents(
  tracker: Feeder,
  forgottenAt: (userIds: readonly string[]) => Promise<readonly number[]>,
  context: FeedContext,
): Promise<void> {
  const { topic, source } = context.exported
  const recordsOf = async (events: readonly ExportedEvent[]) => {
    const forgotten = await forgottenAt(events.map(({ userId }) => userId))
    return events.map(({ userId, ...event }, index): NewRecord[] => {
      const received = {
        ...encodeRecord(userId, { ...event, userId }),
        timestampMs: Date.parse(event.occurredAt!),
      }
      const atMs = forgotten[index]!
      return atMs === 0 ? [received] : [forgetRecord(userId, topic, atMs), received]
    })
  }
  await feed('Events of the export', EVENTS, source.events, tracker, recordsOf, context)
}

/** @param recordsOf for each value its record, the last, and perhaps one that goes before it */
async function feed<Value>(
  step: string,
  partition: number,
  part: ImportPart<Value>,
  tracker: Feeder,
  recordsOf: (values: readonly Value[]) => Promise<readonly NewRecord[][]>,
  context: FeedContext,
): Promise<void> {
  const { store, report, exported } = context
  const place = { topic: exported.topic, partition }
  await begin(place, store)
  const position = await tracker.startAt(place.topic, partition)
  report({ step, done: position / OFFSETS_PER_LINE, total: part.total })
  for await (const lines of linesFrom(position / OFFSETS_PER_LINE, part, context.onBroken)) {
    const made = await recordsOf(lines.map(({ value }) => value))
    const records = lines.flatMap(({ line }, index) => {
      const theirs = made[index]!
      const first = OFFSETS_PER_LINE * (line + 1) - theirs.length
      return theirs.map((record, after) => logRecord(record, place, first + after))
    })
    await tracker.track({ ...place, records, endOffset: OFFSETS_PER_LINE * part.total })
    report({ step, done: lines.at(-1)!.line + 1, total: part.total })
  }
  await finish(place, part.total, store)
  report({ step, done: part.total, total: part.total })
}

interface Place {
  readonly topic: string
  readonly partition: number
}

async function begin(place: Place, store: InterestStore): Promise<void> {
  const beginning = { ...place, position: 0, trending: emptyCounts(), expectedPosition: undefined }
  try {
    await store.commit({ users: [], partition: beginning })
  } catch (error) {
    // It was begun before the interruption.
    if (!isHalflifeError(error, 'HL_POSITION_MOVED')) throw error
  }
}

/** Lines that are in order, with their numbers among those of the part, from 0; some at a time. */
async function* linesFrom<Value>(
  from: number,
  part: ImportPart<Value>,
  onBroken: ImportContext['onBroken'],
): AsyncGenerator<{ line: number; value: Value }[]> {
  let lines: { line: number; value: Value }[] = []
  let line = -1
  for await (const read of part.read()) {
    line++
    if (line < from) continue
    if ('error' in read) onBroken(read.line, read.error)
    else lines.push({ line, value: read.value })
    if (lines.length < AT_ONCE) continue
    yield lines
    lines = []
  }
  if (lines.length > 0) yield lines
}

/** As of a dead letter that was put back: it is as old as its log time, wherever it comes. */
function logRecord(record: NewRecord, place: Place, offset: number): LogRecord {
  const { key, value, timestampMs = 0 } = record
  const source = `${partitionName(place.topic, place.partition)}/${offset}`
  const texts = Object.entries({ ...record.headers, ...sourceHeaders(source) })
  const headers = Object.fromEntries(texts.map(([name, text]) => [name, Buffer.from(text)]))
  return { ...place, offset, timestampMs, key: Buffer.from(key), value, headers }
}

/** Its last lines may have been broken. And nobody is listed as active lately by a partition that never moves on: the id of
 *  somebody forgotten would stay on the list. */
async function finish(place: Place, lines: number, store: InterestStore): Promise<void> {
  const state = await store.readPartition(place.topic, place.partition)
  if (state === undefined) return
  const position = OFFSETS_PER_LINE * lines
  const partition = { ...state, position, recent: new Map(), expectedPosition: state.position }
  await store.commit({ users: [], partition })
}

/** The log fills what a store has lost of it meanwhile; nobody does so with the export.
 *  @throws HL_POSITION_MOVED */
export async function requireWhole({ topic, source }: ExportedHistory, store: InterestStore): Promise<void> {
  for (const [partition, part] of [
    [ITEMS, source.items],
    [EVENTS, source.events],
  ] as const) {
    const position = (await store.readPosition(topic, partition)) ?? 0
    if (position === OFFSETS_PER_LINE * part.total) continue
    const detail = `the store has lost a part of the export meanwhile. Call the rebuild again: it goes on with that part`
    throw new HalflifeError('HL_POSITION_MOVED', detail)
  }
}
