import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { countFollowing } from '../../libs/learning/follow-counts.ts'
import { randomFrom } from '../../libs/learning/random.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

const DAY_MS = 86_400_000
const UNTIL_MS = Date.parse('2024-01-01')
const books = Array.from({ length: 30 }, (_, n) => `book-${n}`)
const next = (book: number) => (book + 1) % books.length
const lines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n')

async function commandLine() {
  const place = await embeddedPlace(onTestFinished)
  const folder = place.environment.DATA_DIR!
  const settings = { ...place.environment, EMBEDDER: 'lexical' }
  const write = async (name: string, rows: readonly unknown[]): Promise<string> => {
    await writeFile(join(folder, name), lines(rows))
    return join(folder, name)
  }
  const run = async (...args: string[]) => {
    const command = halflifeCommand(args, settings, onTestFinished)
    return { code: await command.ended, ...command.output() }
  }
  return { place, run, write }
}

describe('halflife import item-item and vectors', () => {
  it('make models that serve, are taken back, and are refused when they are bad or rank worse', async () => {
    const { place, run, write } = await commandLine()
    const catalog = books.map((itemId) => ({ itemId, title: `A book, ${itemId}` }))
    const read = { type: 'like', userId: 'ann', itemId: 'book-3' }
    const started = await run('import', await write('items.jsonl', [...catalog, read]))
    expect(started.code, started.stderr).toBe(0)

    const shelf = books.map((source, n) => ({ source, target: books[next(n)], weight: 1 }))
    const strange = { source: 'book-1', target: 'nobody knows', weight: 0.1 }
    const until = ['--until', '2024-01-01']
    const tables = await run('import', 'item-item', await write('shelf.jsonl', [...shelf, strange]), ...until)
    expect(tables.code, tables.stderr).toBe(0)
    expect(tables.stdout).toMatch(/item-item from 31 rows with 31 items/)
    expect(tables.stdout).toMatch(/not in the catalog.*: 1 items: nobody knows\n/)
    const first = /^\w+/.exec(tables.stdout)![0]

    const vectors = books.map((itemId, n) => ({ itemId, vector: [Math.cos(n), Math.sin(n)] }))
    const both = await run('import', 'vectors', await write('vectors.jsonl', vectors), ...until)
    expect(both.stdout).toContain(`beside the other parts of ${first}`)
    expect((await run('models', 'list')).stdout).toMatch(/vectors: 30 rows of vectors\.jsonl/)
    expect((await run('models', 'rollback')).stdout).toBe(`${first} serves\n`)

    const broken = await run('import', 'item-item', await write('broken.jsonl', [shelf[0], { source: 'a' }]))
    expect(broken).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/HL_IMPORT: broken.jsonl line 2: /),
    })
    const others = await write('others.jsonl', [{ source: '17', target: '18', weight: 1 }])
    const unknown = await run('import', 'item-item', others)
    expect(unknown.stderr).toMatch(/HL_IMPORT: none of the 2 items is in the catalog \(17, 18\)/)

    // Two years of people who go along the shelf; the model is told of the first.
    const history = Array.from({ length: 80 }, (_, user) => {
      return Array.from({ length: 12 }, (_, step) => ({
        ...{ userId: `u${user}`, itemId: books[(user + step) % books.length] },
        occurredAt: new Date(UNTIL_MS + (step - 6) * 30 * DAY_MS + user).toISOString(),
      }))
    })
    const sample = [...until, '--history', await write('history.jsonl', history.flat())]
    const random = randomFrom(3)
    const noise = shelf.map((row) => ({ ...row, target: books[Math.floor(random() * books.length)] }))
    const worse = await run('import', 'item-item', await write('noise.jsonl', noise), ...sample)
    expect(worse).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/HL_MODEL_WORSE.*by \w+, which serves/),
    })
    const tried = await run(
      'import',
      'item-item',
      join(place.environment.DATA_DIR!, 'shelf.jsonl'),
      ...sample,
    )
    expect(tried.stdout, tried.stderr).toMatch(/NDCG@10 [\d.]+ on \d+ questions.*by \w+; it serves\n$/)

    const http = await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), onTestFinished)
    const page = await http.get('/v1/users/ann/recommendations?explain=true&limit=1')
    expect(page.body).toMatchObject({
      items: [
        {
          itemId: 'book-4',
          explanation: { shares: expect.arrayContaining([expect.objectContaining({ source: 'item-item' })]) },
        },
      ],
    })
  })

  it.each([
    [['--decay', '0'], /above 0, at most 1000/],
    [['--decay', 'fast'], /above 0, at most 1000/],
    [['--until', 'yesterday'], /Give a time such as/],
    [['--keep', '0'], /whole number from 1 to 100/],
    [['--seed', '-1'], /whole number from 1/],
  ])('refuse %j', async (flags, message) => {
    const { run } = await commandLine()
    const refused = await run('import', 'item-item', 'rows.jsonl', ...flags)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(message)
  })
})

describe('the SQL in docs/scale.md', () => {
  it('counts what halflife train counts', async () => {
    const document = await readFile(join(import.meta.dirname, '../../docs/scale.md'), 'utf8')
    const sql = /```sql\n([^`]*)```/.exec(document)![1]!
    const [users, events, catalogSize] = [20, 70, 15]
    const random = randomFrom(5)
    const histories = Array.from({ length: users }, () => {
      return Array.from({ length: Math.ceil(random() * events) }, () => Math.floor(random() * catalogSize))
    })
    const rows = histories.flatMap((items, user) => items.map((item, ts) => [`u${user}`, String(item), ts]))
    const input = JSON.stringify({ sql, events: rows })
    const script = join(import.meta.dirname, 'counts-in-sql.py')
    const counted: [string, string, number, number][] = JSON.parse(
      execFileSync('python3', [script], { input, encoding: 'utf8' }),
    )

    const starts = Int32Array.from({ length: users + 1 }, (_, user) => {
      return histories.slice(0, user).flat().length
    })
    const { together, sources, strengths } = countFollowing(
      { starts, items: Int32Array.from(histories.flat()), catalogSize },
      { decay: 8, counted: 'in-order', wholeHistory: 1, neighbours: catalogSize },
    )
    if (together.kind !== 'dense') throw new Error(together.kind)
    expect(counted).toHaveLength(catalogSize ** 2)
    for (const [source, target, followedInSql, togetherInSql] of counted) {
      const [i, j] = [Number(source), Number(target)]
      expect(togetherInSql / together.sums[i * catalogSize + j]!, `together ${i} ${j}`).toBeCloseTo(1, 4)
      const followed = strengths[j]![sources[j]!.indexOf(i)] ?? 0
      expect(followedInSql, `followed ${i} ${j}`).toBeCloseTo(followed, 4)
    }
  })
})
