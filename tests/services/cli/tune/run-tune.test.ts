import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runTune, type TuneFlags } from '../../../../services/cli/tune/run-tune.ts'
import { bookFolder } from '../../../integration/book-folder.ts'

const learning = { decays: [8], neighbours: 20, dimension: 8 }

/** Tunes on books without a step, and changes the file while it runs. */
async function tunedWhile(change: (path: string) => void, flags: Partial<TuneFlags> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-tune-'))
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    await rm(folder, { recursive: true })
  })
  await bookFolder(folder)
  const path = join(folder, 'halflife.config.json')
  await writeFile(path, JSON.stringify({ scenarios: {}, learning }))
  vi.stubEnv('EMBEDDER', 'lexical')
  vi.stubEnv('HALFLIFE_CACHE', join(folder, 'cache'))
  let changed = false
  const said: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text))
    if (!changed && String(text).startsWith('how pages are made')) {
      changed = true
      change(path)
    }
    return true
  })
  const printed: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  const usual = {
    split: 'leave-one-out',
    minCore: 1,
    scenario: 'home',
    rounds: 1,
    minutes: 0,
    seed: 1,
  } as const
  const ended = await runTune(folder, { ...usual, out: path, ...flags }).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { ended, printed: printed.join(''), said: said.join(''), content: readFileSync(path, 'utf8') }
}

describe('tuning', () => {
  it('keeps what is written into the file while it runs', async () => {
    const sidebar = { extends: 'item-page', limit: 4 }
    const { ended, printed, content } = await tunedWhile((path) => {
      writeFileSync(path, JSON.stringify({ scenarios: { sidebar }, learning }))
    })
    expect(ended).toBeUndefined()
    expect(printed).toContain('written to')
    expect(JSON.parse(content)).toMatchObject({ scenarios: { sidebar }, learning })
  })

  it('says before it learns which rows it learns without', async () => {
    const { said } = await tunedWhile(() => {})
    expect(said).toMatch(
      /321 rows, 1 broken.*events\.csv line 2: item_id is missing.*how models are learned/s,
    )
  })

  it('prints what it found though the file was broken meanwhile, and leaves that as it is', async () => {
    const { ended, printed, content } = await tunedWhile((path) => writeFileSync(path, '{"scenarios":'))
    expect(ended).toMatchObject({ code: 'HL_CONFIG' })
    expect(printed).toContain('how pages are made: NDCG')
    expect(printed).not.toContain('written to')
    expect(content).toBe('{"scenarios":')
  })
})
