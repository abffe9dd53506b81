import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clean, repeatsAndTies } from '../../../libs/evaluation/clean.ts'
import { readExport, readFolder } from '../../../libs/evaluation/read-folder.ts'
import { eventOf, itemTextOf, userOf } from '../../../libs/evaluation/understand-row.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'

async function folderWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'evaluate-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}

const T0 = Date.parse('2024-05-01T10:00:00Z')
const NOW = T0 + 86_400_000
const csv = `user_id,item_id,timestamp,type\nann,"a, 1",${T0 / 1_000},click\nann,b,${T0 + 1_000},\nbob,b,2024-05-01T10:00:02Z,view\n`
const jsonl = [
  { user_id: 'ann', item_id: 'a, 1', timestamp: T0 / 1_000, type: 'click' },
  { user_id: 'ann', item_id: 'b', timestamp: T0 + 1_000 },
  { user_id: 'bob', item_id: 'b', timestamp: '2024-05-01T10:00:02Z', type: 'view' },
]
  .map((row) => JSON.stringify(row))
  .join('\n')
const tsv = csv.replace('"a, 1"', 'a, 1').replaceAll(/,(?! )/g, '\t')

describe('reading a folder', () => {
  it('takes as one line what JSON writes as one: separators within it are none of lines', async () => {
    const line = `{"user_id":"ann",\r"item_id":"a\u2028b\u2029c","timestamp":${T0}}`
    const { events, broken } = await readFolder(
      await folderWith({ 'events.jsonl': `${line}\r\n\r\n${line.replace('ann', 'bob')}` }),
      defaultEventWeights,
      NOW,
    )
    expect(broken).toEqual([])
    expect(events.map(({ userId, itemId }) => [userId, itemId])).toEqual([
      ['ann', 'a\u2028b\u2029c'],
      ['bob', 'a\u2028b\u2029c'],
    ])
  })

  it.each([
    ['events.csv', csv],
    ['events.csv', `\uFEFF${csv.replaceAll('\n', '\r\n')}`],
    ['events.csv', csv.replace('\n', '\r\n')],
    ['events.csv', csv.replaceAll('\n', '\r')],
    ['events.csv.gz', gzipSync(csv)],
    ['events.tsv', tsv],
    ['events.tsv.gz', gzipSync(tsv)],
    ['events.jsonl', jsonl],
    ['events.jsonl', `\uFEFF${jsonl.replaceAll('\n', '\r\n\r\n')}`],
    ['events.jsonl.gz', gzipSync(jsonl)],
  ])('understands %s, with seconds, milliseconds and ISO times', async (name, content) => {
    const { events, broken } = await readFolder(
      await folderWith({ [name]: content }),
      defaultEventWeights,
      NOW,
    )
    expect(broken).toEqual([])
    expect(events).toEqual([
      { userId: 'ann', itemId: 'a, 1', occurredAtMs: T0, weight: 2 },
      { userId: 'ann', itemId: 'b', occurredAtMs: T0 + 1_000, weight: 1 },
      { userId: 'bob', itemId: 'b', occurredAtMs: T0 + 2_000, weight: 1 },
    ])
  })

  it('lists broken rows with their lines and goes on', async () => {
    const folder = await folderWith({
      'events.csv': 'user_id,item_id,timestamp\nann,a,soon\n,b,5\nann\nbob,b,7\n',
      'items.jsonl': '{"item_id":"b","title":"B"}\n{"item_id":"c"}\nnonsense\n',
    })
    const { events, broken, texts } = await readFolder(folder, defaultEventWeights, NOW)
    expect(events).toHaveLength(1)
    expect([...texts.keys()]).toEqual(['b'])
    expect(broken.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'events.csv:2',
      'events.csv:3',
      'events.csv:4',
      'items.jsonl:2',
      'items.jsonl:3',
    ])
    expect(broken[0]!.problem).toContain('"soon"')
  })

  it.each([
    ['csv', 'user_id,item_id,timestamp\nann,a,5\n\xd5\xc5,a,6\nbob,a,7\n'],
    [
      'jsonl',
      ['ann', '\xd5\xc5', 'bob'].map((id) => `{"user_id":"${id}","item_id":"a","timestamp":5}\n`).join(''),
    ],
  ])(
    'says of a .%s row in another encoding that it is not UTF-8, and makes no two users one',
    async (kind, text) => {
      const folder = await folderWith({ [`events.${kind}`]: Buffer.from(text, 'latin1') })
      const { events, broken } = await readFolder(folder, {}, NOW)
      expect(events.map(({ userId }) => userId)).toEqual(['ann', 'bob'])
      expect(broken).toHaveLength(1)
      expect(broken[0]!.problem).toContain('not UTF-8')
    },
  )

  it('reads the character that stands for a lost one, where the file itself holds it', async () => {
    const folder = await folderWith({
      'events.csv': 'user_id,item_id,timestamp\nann,a,5\n',
      'items.csv': `item_id,title\na,${'é'.repeat(40_000)}\nb,Caf\uFFFD\n`,
    })
    const { texts, broken } = await readFolder(folder, {}, NOW)
    expect(broken).toEqual([])
    expect(texts.get('b')).toBe('Caf\uFFFD')
  })

  it('says after which line a quote is opened that nothing closes', async () => {
    const folder = await folderWith({
      'events.csv': 'user_id,item_id,timestamp\nann,a,5\nbob,"b,6\ncid,c,7\n',
    })
    await expect(readFolder(folder, {}, NOW)).rejects.toThrow(
      'a quote that begins after line 2 is never closed',
    )
  })

  it('does not choose between two files of one table', async () => {
    const folder = await folderWith({ 'events.csv': csv, 'events.jsonl': jsonl })
    await expect(readFolder(folder, {}, NOW)).rejects.toThrow('has events.csv and events.jsonl')
  })

  it('takes a column named genres for tags, and stray quotes between tabs for what they are', async () => {
    const folder = await folderWith({
      'events.tsv': 'user_id\titem_id\ttimestamp\nann\ta\t5\n',
      'items.tsv': 'item_id:token\ttitle:token_seq\tgenres\na\t12" vinyl\tjazz|soul|jazz\n',
    })
    const { texts } = await readFolder(folder, defaultEventWeights, NOW)
    expect(texts.get('a')).toBe('12" vinyl. jazz, soul')
  })

  it.each([
    ['2024-05-01', '2024-05-01T00:00:00Z'],
    ['2024-05-01 10:00:00', '2024-05-01T10:00:00Z'],
    ['2024-05-01T10:00:00.5+02:00', '2024-05-01T08:00:00.500Z'],
    ['-86400', '1969-12-31T00:00:00Z'],
  ])('reads the time %s as %s, wherever the machine stands', (timestamp, iso) => {
    expect(eventOf({ user_id: 'ann', item_id: 'a', timestamp }, {}, NOW)).toMatchObject({
      occurredAtMs: Date.parse(iso),
    })
  })

  it.each(['soon', '05/06/2024', '2024-13-01', '9e15', ''])('does not take %j for a time', (timestamp) => {
    expect(eventOf({ user_id: 'ann', item_id: 'a', timestamp }, {}, NOW)).toContain('is not a time')
  })

  it('does not merge ids that JSON rounds, nor take objects for ids', () => {
    const { user_id, item_id } = JSON.parse('{"user_id":9007199254740993,"item_id":{"id":1}}')
    const times = { timestamp: 5 }
    const inexact = 'user_id 9007199254740992 is not exact as a number; write it as a string'
    expect(eventOf({ user_id, item_id: 7, ...times }, {}, NOW)).toBe(inexact)
    expect(userOf({ user_id })).toBe(inexact)
    expect(itemTextOf({ itemId: 0.5, title: 'A' })).toContain('item_id 0.5 is not exact')
    expect(eventOf({ user_id: 7, item_id, ...times }, {}, NOW)).toBe(
      'item_id {"id":1} is no id; write it as a string',
    )
    const exact = { user_id: Number.MAX_SAFE_INTEGER, item_id: 7, ...times }
    expect(eventOf(exact, {}, NOW)).toMatchObject({ userId: '9007199254740991', itemId: '7' })
  })

  it('takes a type for what somebody did, whatever it is called', () => {
    const row = { user_id: 'ann', item_id: 'a', timestamp: 5 }
    for (const type of ['skim', 'constructor', '__proto__']) {
      expect(eventOf({ ...row, type }, defaultEventWeights, NOW)).toMatchObject({ weight: 1 })
    }
  })

  it('lists what lies over a day ahead, such as microseconds taken for milliseconds, among the broken rows', async () => {
    const times = [NOW + 86_400_000, NOW + 86_401_000, 1_000 * T0]
    const rows = times.map((time) => `ann,a,${time}`).join('\n')
    const folder = await folderWith({ 'events.csv': `user_id,item_id,timestamp\n${rows}\n` })
    const { events, broken } = await readFolder(folder, {}, NOW)
    expect(events.map(({ occurredAtMs }) => occurredAtMs)).toEqual([times[0]])
    expect(broken.map(({ line }) => line)).toEqual([3, 4])
    expect(broken[1]!.problem).toContain(`timestamp "${times[2]}" is in the future`)
  })

  it('names the column that a header lacks, and takes the names of the HTTP API', async () => {
    const headless = await folderWith({ 'events.csv': 'ann,a,5\nbob,b,6\n' })
    await expect(readFolder(headless, {}, NOW)).rejects.toThrow('no column user_id, only ann, a, 5')
    const named = await folderWith({ 'events.csv': 'userId,itemId,occurredAt\nann,a,5\n' })
    expect((await readFolder(named, {}, NOW)).events).toHaveLength(1)
  })

  it('counts all broken rows and lists the first thousand', async () => {
    const rows = Array.from({ length: 1_200 }, () => 'ann,,5').join('\n')
    const { broken, brokenRows } = await readFolder(
      await folderWith({ 'events.csv': `user_id,item_id,timestamp\n${rows}\n` }),
      {},
      NOW,
    )
    expect([brokenRows, broken.length]).toEqual([1_200, 1_000])
  })

  it('counts what says nothing for its item, and reads attributes of users', async () => {
    const folder = await folderWith({
      'events.csv': 'user_id,item_id,timestamp,type\nann,a,5,dislike\nann,b,6,impression\nann,c,7,like\n',
      'users.csv': 'user_id,age\nann,30s\n',
    })
    const raw = await readFolder(folder, defaultEventWeights, NOW)
    expect([raw.notPositive, raw.events.length]).toEqual([2, 1])
    expect(raw.attributes.get('age')!.get('ann')).toBe('30s')
  })

  it('says what a folder lacks', async () => {
    await expect(readFolder(await folderWith({ 'items.csv': '' }), {}, NOW)).rejects.toMatchObject({
      code: 'HL_DATA',
    })
    await expect(readFolder('/nowhere/at/all', {}, NOW)).rejects.toMatchObject({ code: 'HL_DATA' })
    const notGzip = await folderWith({ 'events.csv.gz': 'plain' })
    await expect(readFolder(notGzip, {}, NOW)).rejects.toMatchObject({ code: 'HL_DATA' })
  })

  it('reads an export of events and items as the HTTP API writes them', async () => {
    const lines = [
      { itemId: 'a', title: 'A', tags: ['x'] },
      { type: 'like', userId: 'ann', itemId: 'a', occurredAt: '2024-05-01T10:00:00Z' },
    ]
    const folder = await folderWith({ 'log.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') })
    const { name, events, texts } = await readExport(join(folder, 'log.jsonl'), defaultEventWeights, NOW)
    expect([name, texts.get('a')]).toEqual(['log', 'A. x'])
    expect(events).toEqual([{ userId: 'ann', itemId: 'a', occurredAtMs: T0, weight: 4 }])
  })
})

describe('cleaning', () => {
  it('drops duplicates and then whoever falls below the core, and says so', async () => {
    const rows = ['a,1,5', 'a,1,5', 'a,2,6', 'b,1,7', 'b,2,8', 'c,3,9']
    const folder = await folderWith({ 'events.csv': `user_id,item_id,timestamp\n${rows.join('\n')}\n` })
    const { report, userIds } = clean(await readFolder(folder, {}, NOW), { minCore: 2, seed: 1 })
    expect([report.read, report.duplicates, report.belowCore, report.events]).toEqual([6, 1, 1, 4])
    expect(userIds).toEqual(['a', 'b'])
  })

  it('keeps of events of one time the one that says most, in whatever order they are written', async () => {
    const rows = ['ann,a,2024-05-01,view', 'ann,a,2024-05-01,purchase', 'ann,a,2024-05-01,click']
    for (const written of [rows, rows.toReversed()]) {
      const folder = await folderWith({
        'events.csv': ['user_id,item_id,timestamp,type', ...written].join('\n'),
      })
      const { history, report } = clean(await readFolder(folder, defaultEventWeights, NOW), {
        minCore: 1,
        seed: 1,
      })
      expect([...history.weights]).toEqual([8])
      expect(report.duplicates).toBe(2)
    }
  })

  it('says why nothing is left where no row can be read', async () => {
    const rows = 'ann,a,05/06/2024\nann,b,soon\n'
    const raw = await readFolder(
      await folderWith({ 'events.csv': `user_id,item_id,timestamp\n${rows}` }),
      {},
      NOW,
    )
    expect(() => clean(raw, { minCore: 1, seed: 1 })).toThrow(
      'no events left of 0 read (minimal core 1); rows that cannot be read: 2, the first in events.csv line 2: ' +
        'timestamp "05/06/2024" is not a time',
    )
  })

  it('finds neither repeats nor ties where there is nothing', () => {
    const nothing = { starts: Int32Array.of(0, 0), items: new Int32Array(), times: new Float64Array() }
    expect(repeatsAndTies({ ...nothing, weights: new Float32Array(), catalogSize: 3 })).toEqual({
      repeatShare: 0,
      tiedShare: 0,
    })
  })

  it('numbers items that are described and nobody had, after all others, for whoever asks for them', async () => {
    const folder = await folderWith({
      'events.csv': 'user_id,item_id,timestamp\na,1,5\na,2,6\n',
      'items.csv': 'item_id,title\n1,One\n3,Three\n',
    })
    const raw = await readFolder(folder, {}, NOW)
    expect(clean(raw, { minCore: 1, seed: 1 }).itemIds.toSorted()).toEqual(['1', '2'])
    const all = clean(raw, { minCore: 1, seed: 1, unhad: true })
    expect([all.itemIds.slice(0, 2).toSorted(), all.itemIds[2], all.texts[2]]).toEqual([
      ['1', '2'],
      '3',
      'Three',
    ])
    expect([all.report.items, all.history.catalogSize]).toEqual([2, 3])
  })
})
