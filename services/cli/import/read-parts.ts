import { z } from 'zod'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { identifier } from '../../../libs/event/identifier.ts'
import {
  type ImportedPart,
  repeatedPair,
  type TableRows,
  tableOf,
} from '../../../libs/learning/imported-model.ts'
import { decay, MOST_DIMENSIONS, MOST_TABLES } from '../../../libs/learning/learning-settings.ts'
import type { TableRow } from './table-rows.ts'

/** Numbers of items, those of a model first. */
export interface ItemNumbers {
  of(itemId: string): number
  ids(): string[]
  /** The items that rows were about. */
  mentioned(): string[]
}

export function itemNumbers(first: readonly string[]): ItemNumbers {
  const numbers = new Map(first.map((itemId, number) => [itemId, number]))
  const mentioned = new Set<string>()
  return {
    of(itemId) {
      mentioned.add(itemId)
      const known = numbers.get(itemId)
      if (known !== undefined) return known
      numbers.set(itemId, numbers.size)
      return numbers.size - 1
    },
    ids: () => [...numbers.keys()],
    mentioned: () => [...mentioned],
  }
}

export interface ReadPart {
  readonly part: ImportedPart
  readonly rows: number
}

/** Engines count in 64 bits, which is bigint here, and many name items by whole numbers. */
const plainNumber = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)
const itemName = z.preprocess((value) => {
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value
}, identifier)
const float32 = z.preprocess(
  plainNumber,
  z.number().refine((value) => Number.isFinite(Math.fround(value)), { error: 'is beyond float32' }),
)

const pairSchema = z.object({
  source: itemName,
  target: itemName,
  weight: float32,
  decay: z.preprocess((value) => plainNumber(value) ?? undefined, decay.optional()),
})

/** Some 600 MB while they are read. */
const MOST_ROWS = 20_000_000

/** @param otherwise the decay of rows that have none @throws HL_IMPORT */
export async function readItemItem(
  rows: AsyncIterable<TableRow>,
  numbers: ItemNumbers,
  otherwise: number,
): Promise<ReadPart> {
  const byDecay = new Map<number, { sources: number[]; targets: number[]; weights: number[] }>()
  let count = 0
  for await (const row of rows) {
    const pair = understood(row, pairSchema)
    if (++count > MOST_ROWS) throw tooMany(row, `rows; keep the strongest of each source`, MOST_ROWS)
    const { sources, targets, weights } = tableFor(pair.decay ?? otherwise, row)
    sources.push(numbers.of(pair.source))
    targets.push(numbers.of(pair.target))
    weights.push(pair.weight)
  }
  const tables = [...byDecay].map(([each, table]) => finished(table, each, numbers.ids()))
  return { part: { part: 'item-item', tables }, rows: count }

  function tableFor(each: number, row: TableRow) {
    const known = byDecay.get(each)
    if (known !== undefined) return known
    if (byDecay.size === MOST_TABLES) throw tooMany(row, 'different decays', MOST_TABLES)
    const fresh = { sources: [], targets: [], weights: [] }
    byDecay.set(each, fresh)
    return fresh
  }
}

function finished(rows: TableRows, each: number, itemIds: readonly string[]) {
  const table = tableOf(rows, each, itemIds.length)
  const twice = repeatedPair(table)?.map((item) => JSON.stringify(itemIds[item]))
  if (twice === undefined) return table
  const detail = `${twice[0]} → ${twice[1]} stands twice in the table of decay ${each}; sum them up, or name one decay each`
  throw new HalflifeError('HL_IMPORT', detail)
}

const vectorSchema = z.object({ itemId: itemName, vector: z.array(float32).min(1).max(MOST_DIMENSIONS) })

/** @throws HL_IMPORT */
export async function readVectors(rows: AsyncIterable<TableRow>, numbers: ItemNumbers): Promise<ReadPart> {
  const units = new Map<number, Float32Array>()
  let length: number | undefined
  for await (const row of rows) {
    const { itemId, vector } = understood(row, vectorSchema)
    length ??= vector.length
    if (vector.length !== length)
      throw broken(row, `vector has ${vector.length} numbers, the first had ${length}`)
    const norm = Math.hypot(...vector)
    if (norm === 0) throw broken(row, 'vector has length 0 and so no direction; leave the item out')
    const number = numbers.of(itemId)
    if (units.has(number)) throw broken(row, `itemId ${JSON.stringify(itemId)} had a vector before`)
    units.set(
      number,
      Float32Array.from(vector, (value) => value / norm),
    )
  }
  const vectors = new Float32Array(numbers.ids().length * (length ?? 1))
  for (const [number, unit] of units) vectors.set(unit, number * unit.length)
  return { part: { part: 'behavior', factors: { dimension: length ?? 1, vectors } }, rows: units.size }
}

function understood<T>(row: TableRow, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(row.value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], row.value)
  const shown = JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  if (path.length === 0) throw broken(row, `${shown} is no object`)
  throw broken(
    row,
    found === undefined ? `has no ${path.join('.')}` : `${path.join('.')} is ${shown}: ${message}`,
  )
}

function broken(row: TableRow, problem: string): HalflifeError {
  return new HalflifeError('HL_IMPORT', `${row.place()}: ${problem}. Nothing was imported`)
}

function tooMany(row: TableRow, what: string, most: number): HalflifeError {
  return broken(row, `more than ${most.toLocaleString('en')} ${what}`)
}
