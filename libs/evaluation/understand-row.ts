import type { EventWeights } from '../event/event-type.ts'
import { itemOf, textOf } from '../event/item.ts'
import type { RawEvent } from './history-data.ts'
import type { NamedRow } from './read-rows.ts'

type Fields = NamedRow['fields']

/** The event in a row, or what is wrong with it. Names of columns may also be written as the API writes them. */
export function eventOf(fields: Fields, weights: EventWeights): RawEvent | string {
  const userId = wordOf(fields.user_id ?? fields.userId)
  const itemId = wordOf(fields.item_id ?? fields.itemId)
  if (userId === '' || itemId === '') return `${userId === '' ? 'user_id' : 'item_id'} is missing`
  const written = wordOf(fields.timestamp ?? fields.occurredAt)
  const occurredAtMs = timeOf(written)
  if (occurredAtMs === undefined) return `timestamp ${JSON.stringify(written)} is not a time`
  const type = wordOf(fields.type)
  const own = wordOf(fields.weight)
  // A type that this installation does not know is still something that somebody did.
  const weight = own !== '' ? Number(own) : (weights[type] ?? 1)
  if (!Number.isFinite(weight)) return `weight ${JSON.stringify(own)} is not a number`
  return { userId, itemId, occurredAtMs, weight }
}

/** The id and the embedded text of an item in a row, or what is wrong with it. */
export function itemTextOf(fields: Fields): { itemId: string; text: string } | string {
  const itemId = wordOf(fields.item_id ?? fields.itemId)
  const title = wordOf(fields.title)
  if (itemId === '' || title === '') return `${itemId === '' ? 'item_id' : 'title'} is missing`
  const listed = fields.tags ?? fields.genres
  const tags = Array.isArray(listed) ? listed.map(wordOf) : wordOf(listed).split('|')
  const item = itemOf({
    itemId,
    title,
    description: wordOf(fields.description),
    category: wordOf(fields.category),
    tags: tags.map((tag) => tag.trim()).filter((tag) => tag !== ''),
  })
  return { itemId, text: textOf(item) }
}

/** What a row says of a user, by the names of its columns, or what is wrong with it. */
export function userOf(fields: Fields): { userId: string; attributes: [string, string][] } | string {
  const userId = wordOf(fields.user_id ?? fields.userId)
  if (userId === '') return 'user_id is missing'
  const attributes = Object.entries(fields)
    .filter(([name]) => name !== 'user_id' && name !== 'userId')
    .map(([name, value]): [string, string] => [name, wordOf(value)])
  return { userId, attributes }
}

function wordOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).trim()
}

/** Seconds since the epoch stay below this until the year 5138; a larger number is milliseconds. */
const LARGEST_SECONDS = 1e11

function timeOf(written: string): number | undefined {
  if (written === '') return undefined
  const number = Number(written)
  const ms = Number.isNaN(number)
    ? Date.parse(written)
    : Math.abs(number) < LARGEST_SECONDS
      ? number * 1_000
      : number
  return Number.isFinite(ms) ? ms : undefined
}
