import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteFile } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { itemNumbers, readItemItem, readVectors } from '../../../../services/cli/import/read-parts.ts'
import { tableRows } from '../../../../services/cli/import/table-rows.ts'

const silent = { report() {}, finish() {} }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halflife-import-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function jsonLines(rows: readonly unknown[], name = 'rows.jsonl'): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'))
  return path
}

async function itemItem(path: string) {
  const numbers = itemNumbers([])
  const { part, rows } = await readItemItem(tableRows(path, silent), numbers, 8)
  if (part.part !== 'item-item') throw new Error(part.part)
  return { tables: part.tables, rows, ids: numbers.ids() }
}

async function vectors(path: string) {
  const numbers = itemNumbers([])
  const { part } = await readVectors(tableRows(path, silent), numbers)
  if (part.part !== 'behavior') throw new Error(part.part)
  return { factors: part.factors, ids: numbers.ids() }
}

const pair = { source: 'a', target: 'b', weight: 0.5 }

describe('item–item rows', () => {
  it('are read from JSON lines, a table for each decay', async () => {
    const { tables, rows, ids } = await itemItem(
      await jsonLines([pair, '', { ...pair, decay: 40, more: 'is not read' }, { ...pair, target: 7 }]),
    )
    expect(rows).toBe(3)
    expect(ids).toEqual(['a', 'b', '7'])
    expect(tables.map(({ decay, targets }) => [decay, [...targets]])).toEqual([
      [8, [1, 2]],
      [40, [1]],
    ])
  })

  it('are the same from Parquet, whole numbers as ids, and from a folder as Spark writes it', async () => {
    const spark = join(folder, 'spark')
    await mkdir(spark)
    await writeFile(join(spark, '_SUCCESS'), '')
    for (const [part, target] of [
      ['part-00000', 11n],
      ['part-00001', 12n],
    ] as const) {
      const columnData = [
        { name: 'source', data: [10n, 20n], type: 'INT64' as const },
        { name: 'target', data: [target, target], type: 'INT64' as const },
        { name: 'weight', data: [0.25, 0.5], type: 'DOUBLE' as const },
      ]
      parquetWriteFile({ filename: join(spark, `${part}.snappy.parquet`), columnData, rowGroupSize: 1 })
    }
    const lines = [
      { source: '10', target: '11', weight: 0.25 },
      { source: '20', target: '11', weight: 0.5 },
      { source: '10', target: '12', weight: 0.25 },
      { source: '20', target: '12', weight: 0.5 },
    ]
    expect(await itemItem(spark)).toEqual(await itemItem(await jsonLines(lines)))
  })

  it.each([
    ['no JSON', ['{"source":'], /line 1: .*JSON.* Nothing was imported|line 1: /],
    ['no object', ['7'], /line 1: 7 is no object/],
    ['no target', [pair, { source: 'a', weight: 1 }], /rows.jsonl line 2: has no target/],
    ['an empty id', [{ ...pair, source: '' }], /source is "": is empty/],
    ['half a character', [`{"source":"\\ud800","target":"b","weight":1}`], /lone surrogate/],
    ['a weight in words', [{ ...pair, weight: 'high' }], /weight is "high"/],
    ['a weight that is no number', [{ ...pair, weight: null }], /weight is null/],
    ['a weight beyond float32', [{ ...pair, weight: 1e39 }], /weight is 1e\+39: is beyond float32/],
    ['a decay of 0', [{ ...pair, decay: 0 }], /decay is 0/],
    ['a pair twice', [pair, { ...pair, weight: 1 }], /"a" → "b" stands twice in the table of decay 8/],
    [
      'thirteen decays',
      Array.from({ length: 13 }, (_, n) => ({ ...pair, decay: n + 1 })),
      /line 13: more than 12 different decays/,
    ],
  ])('are refused by line: %s', async (_, rows, message) => {
    const refused = expect.objectContaining({ code: 'HL_IMPORT', message: expect.stringMatching(message) })
    await expect(itemItem(await jsonLines(rows))).rejects.toEqual(refused)
  })

  it('are refused by row in Parquet', async () => {
    const filename = join(folder, 'bad.parquet')
    parquetWriteFile({
      filename,
      columnData: [
        { name: 'source', data: ['a', 'b'], type: 'STRING' },
        { name: 'target', data: ['b', ''], type: 'STRING' },
        { name: 'weight', data: [1, 2], type: 'DOUBLE' },
      ],
    })
    await expect(itemItem(filename)).rejects.toThrow('bad.parquet row 2: target is ""')
  })

  it.each([
    ['nothing', 'absent.jsonl', /cannot be read/],
    ['a file of another kind', 'rows.csv', /neither a .parquet or .jsonl file nor a folder/],
    ['an empty folder', 'empty', /neither/],
    ['Parquet that is none', 'broken.parquet', /cannot be read/],
  ])('are refused where there is %s', async (_, name, message) => {
    await writeFile(join(folder, 'rows.csv'), 'source,target,weight')
    await writeFile(join(folder, 'broken.parquet'), 'half a file of something else')
    await mkdir(join(folder, 'empty'), { recursive: true })
    await expect(itemItem(join(folder, name))).rejects.toMatchObject({
      code: 'HL_IMPORT',
      message: expect.stringMatching(message),
    })
  })
})

describe('vectors', () => {
  const row = { itemId: 'a', vector: [3, 4] }

  it('are brought to length 1', async () => {
    const { factors, ids } = await vectors(await jsonLines([row, { itemId: 'b', vector: [0, -2] }]))
    expect(ids).toEqual(['a', 'b'])
    expect(factors).toEqual({ dimension: 2, vectors: Float32Array.of(0.6, 0.8, 0, -1) })
  })

  it('are the same from Parquet', async () => {
    const filename = join(folder, 'vectors.parquet')
    parquetWriteFile({
      filename,
      columnData: [
        { name: 'itemId', data: ['a', 'b'] },
        { name: 'vector', data: [Float32Array.of(3, 4), Float32Array.of(0, -2)].map((v) => [...v]) },
      ],
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'itemId', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        { name: 'vector', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' },
      ],
    })
    const lines = [row, { itemId: 'b', vector: [0, -2] }]
    expect(await vectors(filename)).toEqual(await vectors(await jsonLines(lines)))
  })

  it.each([
    [
      'of another length than the first',
      [row, { itemId: 'b', vector: [1] }],
      /line 2: vector has 1 numbers, the first had 2/,
    ],
    ['without a direction', [{ ...row, vector: [0, 0] }], /line 1: vector has length 0/],
    ['of one item twice', [row, row], /line 2: itemId "a" had a vector before/],
    ['without numbers', [{ ...row, vector: [] }], /vector is \[\]/],
    ['with a word in it', [{ ...row, vector: [1, 'x'] }], /vector.1 is "x"/],
    ['over 1,024 numbers long', [{ ...row, vector: Array(1_025).fill(1) }], /vector is .*1024/],
    ['of nothing', [{ vector: [1, 2] }], /has no itemId/],
  ])('are refused when one is %s', async (_, rows, message) => {
    const refused = expect.objectContaining({ code: 'HL_IMPORT', message: expect.stringMatching(message) })
    await expect(vectors(await jsonLines(rows))).rejects.toEqual(refused)
  })
})
