import { hash } from 'node:crypto'
import { basename } from 'node:path'
import { HalflifeError, isHalflifeError } from '../../../libs/errors/halflife-error.ts'
import { decodeJson } from '../../../libs/event/decode-record.ts'
import { type EventInput, parseEvent } from '../../../libs/event/event.ts'
import type { EventWeights } from '../../../libs/event/event-type.ts'
import { type ItemInput, parseItem } from '../../../libs/event/item.ts'
import { suppliedVectors } from '../../../libs/event/item-vectors.ts'
import type { VectorSpace } from '../../../libs/interest/interest-shape.ts'
import type { ImportLine, ImportSource } from './import-source.ts'
import { linesIn } from './lines-in.ts'

/** What the lines of a file are judged by; the same as at the HTTP interface. */
export interface LineRules {
  readonly weights: EventWeights
  readonly spaces: readonly VectorSpace[]
  readonly nowMs: number
  /** An event must say when it happened. */
  readonly timed?: boolean
}

/** A file of JSON lines, items and events in any order: an object with a `title` is an item. @throws HL_IMPORT */
export async function jsonLinesSource(path: string, rules: LineRules): Promise<ImportSource> {
  const counts = { items: 0, events: 0 }
  for await (const { bytes } of linesIn(path)) counts[isItem(bytes) ? 'items' : 'events']++
  return {
    items: {
      total: counts.items,
      async *read() {
        for await (const { bytes, line } of linesIn(path)) {
          if (isItem(bytes)) yield judged(line, () => itemIn(bytes, rules))
        }
      },
    },
    events: {
      total: counts.events,
      async *read() {
        for await (const { bytes, line } of linesIn(path)) {
          if (!isItem(bytes)) yield judged(line, () => eventIn(bytes, `${basename(path)}:${line}`, rules))
        }
      },
    },
  }
}

function judged<T>(line: number, judge: () => T): ImportLine<T> {
  try {
    return { value: judge() }
  } catch (error) {
    if (!isHalflifeError(error)) throw error
    return { line, error }
  }
}

/** Told apart without judging: a line that cannot be read counts among the events, where it is refused. */
function isItem(bytes: Uint8Array): boolean {
  try {
    const value = decodeJson(bytes)
    return typeof value === 'object' && value !== null && 'title' in value
  } catch {
    return false
  }
}

function itemIn(bytes: Uint8Array, { spaces }: LineRules): ItemInput {
  const item = parseItem(decodeJson(bytes))
  suppliedVectors(item.vectors, spaces)
  return item
}

/** An event without an id gets one from its line: importing the file twice does not make it two events. */
function eventIn(
  bytes: Uint8Array,
  place: string,
  { weights, nowMs, timed = false }: LineRules,
): EventInput & { eventId: string } {
  const value = decodeJson(bytes)
  parseEvent(value, weights, nowMs)
  const event = value as EventInput
  if (timed && event.occurredAt === undefined) {
    throw new HalflifeError('HL_EVENT_TIME', 'occurredAt is missing: nothing else says when it happened')
  }
  return { ...event, eventId: event.eventId ?? hash('sha1', `${place} ${JSON.stringify(event)}`, 'hex') }
}
