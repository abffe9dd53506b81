import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bookFolder } from './book-folder.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace } from './running-halflife.ts'

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
      expect(command.output().stdout).toMatch(/│ blend +│ [01]\.\d{4} │ [01]\.\d{4} \[/)
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
