import { FURTHEST_FUTURE_MS } from '../event/event.ts'
import type { EventWeights } from '../event/event-type.ts'
import { itemOf, textOf } from '../event/item.ts'
import type { EpochMs } from '../interest/time.ts'
import type { RawEvent } from './history-data.ts'
import type { NamedRow } from './read-rows.ts'

type Fields = NamedRow['fields']

/** Names of columns, and as the API writes them. */
const columns = {
  userId: ['user_id', 'userId'],
  itemId: ['item_id', 'itemId'],
  time: ['timestamp', 'occurredAt', 'occurred_at'],
} as const

/** Columns without which a table of events is none. */
export const eventColumns: readonly (readonly string[])[] = Object.values(columns)
export const itemColumns: readonly (readonly string[])[] = [columns.itemId, ['title']]
export const userColumns: readonly (readonly string[])[] = [columns.userId]

/** The event in a row, or what is wrong with it. */
export function eventOf(fields: Fields, weights: EventWeights, nowMs: EpochMs): RawEvent | string {
  const problem = idProblem(fields, columns.userId) ?? idProblem(fields, columns.itemId)
  if (problem !== undefined) return problem
  const userId = cellOf(fields, columns.userId)
  const itemId = cellOf(fields, columns.itemId)
  const written = cellOf(fields, columns.time)
  const occurredAtMs = timeOf(written)
  if (occurredAtMs === undefined) return `timestamp ${JSON.stringify(written)} is not a time; ${READ_TIMES}`
  // What is learned until then would be held to be newer than all that comes.
  if (occurredAtMs > nowMs + FURTHEST_FUTURE_MS) {
    return `timestamp ${JSON.stringify(written)} is in the future; ${READ_TIMES}`
  }
  const type = wordOf(fields.type)
  const own = wordOf(fields.weight)
  // A type that this installation does not know is still something that somebody did.
  const weight = own !== '' ? Number(own) : Object.hasOwn(weights, type) ? weights[type]! : 1
  if (!Number.isFinite(weight)) return `weight ${JSON.stringify(own)} is not a number`
  return { userId, itemId, occurredAtMs, weight }
}

const READ_TIMES = 'seconds, milliseconds and ISO 8601 are read'

/** The id and the embedded text of an item in a row, or what is wrong with it. */
export function itemTextOf(fields: Fields): { itemId: string; text: string } | string {
  const problem = idProblem(fields, columns.itemId)
  if (problem !== undefined) return problem
  const itemId = cellOf(fields, columns.itemId)
  const title = wordOf(fields.title)
  if (title === '') return 'title is missing'
  const item = itemOf({
    itemId,
    title,
    description: wordOf(fields.description),
    category: wordOf(fields.category),
    tags: [...new Set([...listOf(fields.tags), ...listOf(fields.genres)])],
  })
  return { itemId, text: textOf(item) }
}

/** What a row says of a user, by the names of its columns, or what is wrong with it. */
export function userOf(fields: Fields): { userId: string; attributes: [string, string][] } | string {
  const problem = idProblem(fields, columns.userId)
  if (problem !== undefined) return problem
  const userId = cellOf(fields, columns.userId)
  const attributes = Object.entries(fields)
    .filter(([name]) => !columns.userId.some((own) => own === name))
    .map(([name, value]): [string, string] => [name, wordOf(value)])
  return { userId, attributes }
}

/** Large numbers of JSON are rounded: two ids would become one. */
function idProblem(fields: Fields, names: readonly string[]): string | undefined {
  const id = writtenIn(fields, names)
  if (wordOf(id) === '') return `${names[0]} is missing`
  if (typeof id === 'string' || Number.isSafeInteger(id)) return undefined
  if (typeof id === 'number') return `${names[0]} ${id} is not exact as a number; write it as a string`
  return `${names[0]} ${JSON.stringify(id)} is no id; write it as a string`
}

function cellOf(fields: Fields, names: readonly string[]): string {
  return wordOf(writtenIn(fields, names))
}

function writtenIn(fields: Fields, names: readonly string[]): unknown {
  return fields[names.find((name) => fields[name] !== undefined) ?? '']
}

function wordOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).trim()
}

/** Tags as a list, or separated by `|`. */
function listOf(value: unknown): string[] {
  const tags = Array.isArray(value) ? value.map(wordOf) : wordOf(value).split('|')
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== '')
}

/** Seconds since the epoch stay below this until the year 5138; a larger number is milliseconds. */
const LARGEST_SECONDS = 1e11
/** The last moment that ECMAScript can name. */
const LARGEST_MS = 8.64e15
const isoTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

/** ms since the epoch; a time without an offset is in UTC, wherever it is read. */
function timeOf(written: string): number | undefined {
  if (written === '') return undefined
  const number = Number(written)
  if (Number.isNaN(number)) return isoMs(written)
  const ms = Math.abs(number) < LARGEST_SECONDS ? number * 1_000 : number
  return Math.abs(ms) <= LARGEST_MS ? ms : undefined
}

function isoMs(written: string): number | undefined {
  const match = isoTime.exec(written)
  if (match === null) return undefined
  const ms = Date.parse(written.length > 10 && match[1] === undefined ? `${written}Z` : written)
  return Number.isNaN(ms) ? undefined : ms
}
