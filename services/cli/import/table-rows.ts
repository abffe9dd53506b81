import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { HalflifeError, isHalflifeError, messageOf } from '../../../libs/errors/halflife-error.ts'
import { decodeJson } from '../../../libs/event/decode-record.ts'
import type { Progress } from '../../process/progress.ts'
import { linesIn } from './lines-in.ts'

export interface TableRow {
  /** As it was written. */
  readonly value: unknown
  /** Where, for people: `counts.jsonl line 17`. */
  place(): string
}

/** Rows of a .parquet or .jsonl file, or of all such files of a folder in the order of their names, one after another: a
 *  table of millions is never whole in memory. @throws HL_IMPORT when it cannot be read */
export async function* tableRows(path: string, progress: Progress): AsyncGenerator<TableRow> {
  for (const file of await filesOf(path)) {
    yield* file.endsWith('.parquet') ? parquetRows(file, progress) : jsonRows(file, progress)
  }
}

const table = /^[^._].*\.(?:parquet|jsonl)$/

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new HalflifeError('HL_IMPORT', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  })
  if (found.isFile() && table.test(basename(path))) return [path]
  // What Spark writes beside its parts, such as _SUCCESS, is no table.
  const names = found.isDirectory() ? (await readdir(path)).filter((name) => table.test(name)).sort() : []
  if (names.length > 0) return names.map((name) => join(path, name))
  throw new HalflifeError('HL_IMPORT', `${path} is neither a .parquet or .jsonl file nor a folder of them`)
}

async function* jsonRows(path: string, progress: Progress): AsyncGenerator<TableRow> {
  const [file, total] = [basename(path), (await stat(path)).size]
  let done = 0
  let rows = 0
  for await (const { bytes, line } of linesIn(path)) {
    done += bytes.length + 1
    if (rows++ % ROWS_PER_REPORT === 0) progress.report({ step: `read ${file}`, done, total })
    const place = () => `${file} line ${line}`
    yield { value: written(bytes, place), place }
  }
}

const ROWS_PER_REPORT = 10_000

function written(bytes: Uint8Array, place: () => string): unknown {
  try {
    return decodeJson(bytes)
  } catch (error) {
    if (!isHalflifeError(error)) throw error
    throw new HalflifeError('HL_IMPORT', `${place()}: ${error.message}`, { cause: error })
  }
}

async function* parquetRows(path: string, progress: Progress): AsyncGenerator<TableRow> {
  const file = basename(path)
  let row = 0
  try {
    const buffer = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(buffer)
    const total = Number(metadata.num_rows)
    for (const group of metadata.row_groups) {
      progress.report({ step: `read ${file}`, done: row, total })
      const [rowStart, rowEnd] = [row, row + Number(group.num_rows)]
      const values = await parquetReadObjects({ file: buffer, metadata, compressors, rowStart, rowEnd })
      for (const value of values) {
        const number = ++row
        yield { value, place: () => `${file} row ${number}` }
      }
    }
  } catch (cause) {
    if (isHalflifeError(cause)) throw cause
    throw new HalflifeError('HL_IMPORT', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
