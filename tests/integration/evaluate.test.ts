import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { randomFrom } from '../../libs/learning/random.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace } from './running-halflife.ts'

/** A folder in which 40 people go through shelves of 10 books each, one after another. */
async function bookFolder(folder: string): Promise<void> {
  const random = randomFrom(5)
  const events = Array.from({ length: 40 }, (_, user) => {
    const shelf = Math.floor(random() * 6)
    return Array.from({ length: 8 }, (_, step) => {
      const item = shelf * 10 + ((user + step) % 10)
      return `u${user},b${item},${1_700_000_000 + 86_400 * step + user}`
    })
  })
  const items = Array.from(
    { length: 60 },
    (_, item) => `b${item},Book ${item} of shelf ${Math.floor(item / 10)}`,
  )
  await writeFile(
    join(folder, 'events.csv'),
    ['user_id,item_id,timestamp', 'u1,,5', ...events.flat()].join('\n'),
  )
  await writeFile(join(folder, 'items.csv'), ['item_id,title', ...items].join('\n'))
}

describe('halflife evaluate', () => {
  it('prints a table and writes figures that the same seed repeats to the byte', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const folder = environment.DATA_DIR!
    await bookFolder(folder)
    const settings = { ...environment, EMBEDDER: 'lexical', HALFLIFE_CACHE: join(folder, 'cache') }
    const run = async (name: string): Promise<string> => {
      const [json, csv, report] = ['json', 'csv', 'html'].map((kind) => join(folder, `${name}.${kind}`))
      const args = ['evaluate', folder, '--json', json!, '--csv', csv!, '--report', report!]
      const command = halflifeCommand(args, settings, onTestFinished)
      expect(await command.ended, command.output().stderr).toBe(0)
      expect(command.output().stdout).toContain('events.csv line 2: item_id is missing')
      expect(command.output().stdout).toMatch(/blend .*0\.\d{4}/)
      return (await Promise.all([json!, csv!, report!].map((path) => readFile(path, 'utf8')))).join('\n')
    }
    const first = await run('first')
    expect(await run('second')).toBe(first)
    expect(first.match(/<svg/g)).toHaveLength(3)
    expect(first).not.toContain('<script')

    const document = JSON.parse(await readFile(join(folder, 'first.json'), 'utf8'))
    expect(Object.keys(document)).toEqual(['data', 'protocol', 'methods'])
    expect(document.methods.map(({ name }: { name: string }) => name)).toEqual([
      'popularity',
      'decayed-popularity',
      'last-item',
      'item-knn',
      'text',
      'behavior',
      'item-item',
      'blend',
    ])
    const { subsets } = document.methods.at(-1)
    expect([subsets.all.users, subsets.untied.users]).toEqual([40, 40])
    expect(subsets.all['hr@10']).toBeGreaterThan(document.methods[0].subsets.all['hr@10'])
  })

  it.each([
    [['/nowhere'], 'HL_DATA: /nowhere is neither'],
    [['ml-100k', '--json', '/nowhere/a.json'], 'HL_DATA: /nowhere/a.json cannot be written'],
    [['ml-100k', '--split', 'sideways'], 'sideways'],
    [['ml-100k', '--methods', 'blend,magic'], 'magic is none of'],
  ])('refuses %j and says why', async (args, reason) => {
    const command = halflifeCommand(['evaluate', ...args], {}, onTestFinished)
    expect(await command.ended).not.toBe(0)
    expect(command.output().stderr).toContain(reason)
  })
})
