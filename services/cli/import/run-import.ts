import { setTimeout } from 'node:timers/promises'
import type { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import type { NewRecord } from '../../../libs/log/event-log.ts'
import type { Progress } from '../../process/progress.ts'
import type { OpenLog, OpenStore } from '../../process/substrate.ts'
import { catalogGroup } from '../../tracker/tracker.ts'
import { endsLeft } from '../ends-left.ts'
import type { ImportPart, ImportSource } from './import-source.ts'

export interface ImportContext {
  readonly opened: Pick<OpenLog & OpenStore, 'log' | 'topics' | 'store'>
  readonly groupPrefix: string
  readonly progress: Progress
  readonly onBroken: (line: number, error: HalflifeError) => void
}

export interface ImportSummary {
  readonly items: number
  readonly events: number
  readonly users: number
  /** Lines that are neither item nor event. */
  readonly broken: number
  /** Records that the tracker set aside meanwhile. */
  readonly deadLetters: number
  /** From the first event published to the last one visible in the store. */
  readonly eventsPerSecond: number
  /** From the last event accepted by the log to its effect in the store, seconds. */
  readonly freshnessSeconds: number
}

const AT_ONCE = 2_000
const LOOK_AGAIN_MS = 25
/** Nothing has moved for so long: time to ask the log, which takes a connection for each partition, what it still holds. */
const STILL_MS = 1_000

type Offsets = ReadonlyMap<number, number>

/** Publishes items and then events, and resolves when the tracker has taken in all of them. */
export async function runImport(source: ImportSource, context: ImportContext): Promise<ImportSummary> {
  const { log, topics } = context.opened
  const deadLettersBefore = await recordsIn(context, topics.deadLetter)
  const users = new Set<string>()

  const items = await publish('Publishing items', source.items, topics.items, context, (item) =>
    encodeRecord(item.itemId, item),
  )
  await caughtUp(
    'Embedding items',
    topics.items,
    () => log.committedOffsets(catalogGroup(context.groupPrefix), topics.items),
    context,
  )

  const start = performance.now()
  const events = await publish('Publishing events', source.events, topics.events, context, (event) => {
    users.add(event.userId)
    return encodeRecord(event.userId, event)
  })
  const accepted = performance.now()
  await caughtUp('Tracking events', topics.events, () => trackedOffsets(context), context)
  const visible = performance.now()
  context.progress.finish()

  return {
    items: items.published,
    events: events.published,
    users: users.size,
    broken: items.broken + events.broken,
    deadLetters: (await recordsIn(context, topics.deadLetter)) - deadLettersBefore,
    eventsPerSecond: events.published / ((visible - start) / 1_000),
    freshnessSeconds: (visible - accepted) / 1_000,
  }
}

async function publish<T>(
  step: string,
  part: ImportPart<T>,
  topic: string,
  { opened, progress, onBroken }: ImportContext,
  recordOf: (value: T) => NewRecord,
): Promise<{ published: number; broken: number }> {
  let published = 0
  let broken = 0
  let records: NewRecord[] = []
  const flush = async () => {
    await opened.log.append(topic, records)
    published += records.length
    records = []
    progress.report({ step, done: published + broken, total: part.total })
  }
  for await (const line of part.read()) {
    if ('value' in line) {
      records.push(recordOf(line.value))
      if (records.length === AT_ONCE) await flush()
    } else {
      broken++
      onBroken(line.line, line.error)
    }
  }
  if (records.length > 0) await flush()
  return { published, broken }
}

/** Resolves when what lay in the topic at the time of the call has been handled, or has expired. */
async function caughtUp(
  step: string,
  topic: string,
  offsetsNow: () => Promise<Offsets>,
  { opened, progress }: ImportContext,
): Promise<void> {
  let ends: Offsets = await opened.log.endOffsets(topic)
  const atFirst = distance(ends, await offsetsNow())
  let [left, movedMs] = [atFirst, performance.now()]
  while (left > 0) {
    progress.report({ step, done: atFirst - left, total: atFirst })
    await setTimeout(LOOK_AGAIN_MS)
    const offsets = await offsetsNow()
    if (performance.now() - movedMs > STILL_MS) {
      const held = await endsLeft(topic, (partition) => offsets.get(partition) ?? 0, opened.log)
      ends = new Map([...ends].filter(([partition]) => held.has(partition)))
      movedMs = performance.now()
    }
    const before = left
    left = distance(ends, offsets)
    if (left < before) movedMs = performance.now()
  }
}

function distance(ends: Offsets, offsets: Offsets): number {
  return [...ends].reduce(
    (sum, [partition, end]) => sum + Math.max(0, end - (offsets.get(partition) ?? 0)),
    0,
  )
}

/** What is visible in the store, not what the log believes was read. */
async function trackedOffsets({ opened }: ImportContext): Promise<Map<number, number>> {
  const partitions = await opened.store.readPartitions()
  const ofEvents = partitions.filter(({ topic }) => topic === opened.topics.events)
  return new Map(ofEvents.map(({ partition, position }) => [partition, position]))
}

async function recordsIn({ opened }: ImportContext, topic: string): Promise<number> {
  const ends = await opened.log.endOffsets(topic)
  return [...ends.values()].reduce((sum, end) => sum + end, 0)
}
