import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { HalflifeError, messageOf } from '../errors/halflife-error.ts'
import { byteLines } from '../event/byte-lines.ts'
import type { BrokenRow } from './history-data.ts'

/** A row by the names in its file's header, in snake_case, and the line it ends on, counted from 1. */
export interface NamedRow {
  readonly fields: Readonly<Record<string, unknown>>
  readonly line: number
}

/** Rows of a .jsonl, .csv or .tsv file, plain or .gz, one after another: a file of millions is never whole in memory.
 *  Rows that cannot be read go to `onBroken`.
 *  @param required columns that a header must have, each under one of its names
 *  @throws HL_DATA when the file itself cannot be read */
export async function* namedRows(
  path: string,
  required: readonly (readonly string[])[],
  onBroken: (row: BrokenRow) => void,
): AsyncGenerator<NamedRow> {
  const plain = path.replace(/\.gz$/, '')
  const broken = (line: number, problem: string): void => onBroken({ file: basename(path), line, problem })
  try {
    if (plain.endsWith('.jsonl')) yield* jsonRows(opened(path), broken)
    else yield* headedRows(opened(path), plain.endsWith('.csv') ? ',' : '\t', required, broken)
  } catch (cause) {
    throw new HalflifeError('HL_DATA', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function opened(path: string): Readable {
  const file = createReadStream(path)
  // The reader sees the error of either: pipeline destroys the last stream with it.
  return path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file
}

async function* jsonRows(
  input: Readable,
  broken: (line: number, problem: string) => void,
): AsyncGenerator<NamedRow> {
  let line = 0
  for await (const bytes of byteLines(input)) {
    line++
    // This also takes away the byte order mark that a file may begin with.
    const written = bytes.toString().trim()
    if (written === '') continue
    if (!isUtf8(bytes)) {
      broken(line, NOT_UTF8)
      continue
    }
    try {
      const fields: unknown = JSON.parse(written)
      if (typeof fields !== 'object' || fields === null) throw new Error('it is no JSON object')
      yield { fields: fields as NamedRow['fields'], line }
    } catch (error) {
      broken(line, messageOf(error))
    }
  }
}

/** Read all the same, ids that differ in such bytes alone would become one. */
const NOT_UTF8 = 'it is not UTF-8; convert the file (iconv -f gb18030 -t utf-8, or whatever wrote it)'

interface ParsedRow {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

async function* headedRows(
  input: Readable,
  delimiter: ',' | '\t',
  required: readonly (readonly string[])[],
  broken: (line: number, problem: string) => void,
): AsyncGenerator<NamedRow> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    // Titles with stray quotes are common where tabs separate; there a quote is an ordinary character.
    quote: delimiter === ',' ? '"' : null,
    // All of them, or the first line would settle it, and a header put in front on another system is such a line.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  })
  const watch = utf8Watch()
  let names: readonly string[] | undefined
  let line = 0
  try {
    for await (const row of pipeline(input, watch.pass, parser, () => {})) {
      const { record, info } = row as ParsedRow
      line = info.lines
      if (names === undefined) names = headerOf(record, required)
      else if (watch.found() && record.some((cell) => cell.includes('\uFFFD'))) broken(line, NOT_UTF8)
      else if (record.length === names.length) {
        yield { fields: Object.fromEntries(names.map((name, c) => [name, record[c]])), line }
      } else broken(line, `${record.length} cells where the header has ${names.length}`)
    }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'CSV_QUOTE_NOT_CLOSED') throw error
    throw new Error(`a quote that begins after line ${line} is never closed`, { cause: error })
  }
}

/** Sees bytes that are no UTF-8 go by. Only where there were some does U+FFFD in a cell stand for them: a file may as well
 *  hold that character itself. */
function utf8Watch(): { pass(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer>; found(): boolean } {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let found = false
  return {
    found: () => found,
    async *pass(chunks) {
      for await (const chunk of chunks) {
        try {
          if (!found) decoder.decode(chunk, { stream: true })
        } catch {
          found = true
        }
        yield chunk
      }
    },
  }
}

function headerOf(record: readonly string[], required: readonly (readonly string[])[]): readonly string[] {
  // Some tables write the kind of a column after its name: `item_id:token`.
  const plain = record.map((cell) => cell.split(':')[0]!.trim())
  const names = plain.map((name) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase())
  const missing = required.find((column) => !column.some((name) => names.includes(name)))
  if (missing === undefined) return names
  throw new Error(`its header has no column ${missing[0]}, only ${plain.join(', ')}`)
}
