import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bookFolder } from './book-folder.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace } from './running-halflife.ts'

describe('halflife tune', () => {
  it('writes a file that evaluate reads, the same bytes twice, and keeps what was there', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const folder = environment.DATA_DIR!
    await bookFolder(folder)
    const settings = { ...environment, EMBEDDER: 'lexical', HALFLIFE_CACHE: join(folder, 'cache') }
    const run = async (...args: string[]) => {
      const command = halflifeCommand(args, settings, onTestFinished)
      expect(await command.ended, command.output().stderr).toBe(0)
      return command.output().stdout
    }
    const learning = { decays: [0.7, 8], neighbours: 20, dimension: 16 }
    const before = { scenarios: { sidebar: { extends: 'item-page', limit: 4 } }, learning }
    const tuned = async (name: string) => {
      const out = join(folder, `${name}.json`)
      await writeFile(out, JSON.stringify(before))
      const printed = await run('tune', folder, '--rounds', '1', '--out', out)
      return { out, printed: printed.replaceAll(out, 'FILE'), bytes: await readFile(out, 'utf8') }
    }
    const first = await tuned('first')
    const second = await tuned('second')
    expect([second.printed, second.bytes]).toEqual([first.printed, first.bytes])
    expect(first.printed).toMatch(/│ neighbours +│ 20 +│ \d+ +│ /)
    expect(first.printed).toMatch(/│ sources.item-item +│ 0\.5 +│ [\d.]+ +│ /)
    expect(first.printed).toMatch(/how pages are made: NDCG 0\.\d{4} → 0\.\d{4} \(\+0\.\d{4} ± 0\.\d{4}\)/)

    const content = JSON.parse(first.bytes)
    expect(content.scenarios.sidebar).toEqual(before.scenarios.sidebar)
    const figures = join(folder, 'figures.json')
    const evaluated = await run('evaluate', folder, '--config', first.out, '--json', figures)
    expect(evaluated).toContain(`learned with neighbours ${content.learning.neighbours}`)
    expect(JSON.parse(await readFile(figures, 'utf8')).protocol.learning).toEqual(content.learning)
  })

  it.each([
    [['/nowhere'], 'HL_DATA: /nowhere is neither'],
    [['ml-100k', '--out', '/nowhere/a.json'], 'HL_DATA: /nowhere/a.json cannot be written'],
    [['ml-100k', '--scenario', 'hoem'], 'HL_CONFIG: scenario hoem is none of home'],
    [['ml-100k', '--rounds', '0'], 'whole number'],
  ])('refuses %j and says why', async (args, reason) => {
    const command = halflifeCommand(['tune', ...args], {}, onTestFinished)
    expect(await command.ended).not.toBe(0)
    expect(command.output().stderr).toContain(reason)
  })
})
