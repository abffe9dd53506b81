import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { HalflifeError, messageOf } from '../errors/halflife-error.ts'
import type { EventWeights } from '../event/event-type.ts'
import type { EpochMs } from '../interest/time.ts'
import type { RawData } from './history-data.ts'
import { rawCollector } from './raw-data.ts'
import { type NamedRow, namedRows } from './read-rows.ts'
import { eventColumns, eventOf, itemColumns, itemTextOf, userColumns, userOf } from './understand-row.ts'

/** Reads `events` and, if there, `items` and `users` of a folder, each as .jsonl, .csv or .tsv, plain or .gz.
 *
 *  Events: user_id, item_id, timestamp (seconds, milliseconds or ISO 8601), optional type and weight; none may lie over
 *  a day after `nowMs`. Items:
 *  item_id, title, optional description, category, tags or genres separated by `|`. Users: user_id and any attributes,
 *  for comparing groups. Rows that cannot be read are listed and left out.
 *  @throws HL_DATA when there is no such file or more than one, or it cannot be read at all */
export async function readFolder(folder: string, weights: EventWeights, nowMs: EpochMs): Promise<RawData> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new HalflifeError('HL_DATA', `${folder} cannot be read: ${messageOf(cause)}`, { cause })
  })
  const fileOf = (table: string): string | undefined => {
    const [file, other] = names.sort().filter((name) => tableName.exec(name)?.[1] === table)
    if (other === undefined) return file
    throw new HalflifeError('HL_DATA', `${folder} has ${file} and ${other}: leave the one that is meant`)
  }
  const [events, items, users] = ['events', 'items', 'users'].map(fileOf)
  if (events === undefined) {
    throw new HalflifeError('HL_DATA', `${folder} has no events.jsonl, events.csv or events.tsv (or .gz)`)
  }
  const raw = rawCollector()
  const rowsOf = (name: string, columns: readonly (readonly string[])[]): AsyncGenerator<NamedRow> => {
    return namedRows(join(folder, name), columns, raw.broken)
  }
  for await (const { fields, line } of rowsOf(events, eventColumns)) {
    raw.event(eventOf(fields, weights, nowMs), events, line)
  }
  if (items !== undefined) {
    for await (const { fields, line } of rowsOf(items, itemColumns)) raw.text(itemTextOf(fields), items, line)
  }
  if (users !== undefined) {
    for await (const { fields, line } of rowsOf(users, userColumns)) raw.user(userOf(fields), users, line)
  }
  return raw.finished(basename(resolve(folder)))
}

const tableName = /^(events|items|users)\.(?:jsonl|csv|tsv)(?:\.gz)?$/

/** Reads an export: JSON lines in the form of the HTTP API, events and items mixed. A line with a title is an item.
 *  @throws HL_DATA when it cannot be read at all */
export async function readExport(path: string, weights: EventWeights, nowMs: EpochMs): Promise<RawData> {
  const raw = rawCollector()
  const file = basename(path)
  for await (const { fields, line } of namedRows(path, [], raw.broken)) {
    if ('title' in fields) raw.text(itemTextOf(fields), file, line)
    else raw.event(eventOf(fields, weights, nowMs), file, line)
  }
  return raw.finished(file.replace(/\.jsonl(\.gz)?$/, ''))
}
