import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KnobWorth } from '../../../../libs/evaluation/search-knobs.ts'
import { defaultLearning } from '../../../../libs/learning/learning-settings.ts'
import { contentOf, mergedWith, writeContent } from '../../../../services/cli/tune/tuned-file.ts'

const worth = (name: string, before: number, after: number): KnobWorth => {
  return { name, before, after, tried: after, gain: { mean: 0.01, standardError: 0.001 } }
}
const nothing = new Float64Array()
const found = (...worths: KnobWorth[]) => ({
  learning: { ...defaultLearning, neighbours: 50 },
  page: { worths, values: {}, gains: nothing, gainsBefore: nothing },
})

async function fileWith(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-tuned-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'halflife.config.json')
  await writeFile(path, content)
  return path
}

describe('the file that tuning writes', () => {
  it('keeps all that was there, and takes what was found', async () => {
    const home = {
      limit: 3,
      sources: { interests: { weight: 2, limit: 80 } },
      variants: { bold: { traffic: 0.2, change: { diversity: { lambda: 0.5 } } } },
    }
    const before = { scenarios: { sidebar: { extends: 'item-page' }, home }, learning: { dimension: 64 } }
    const path = await fileWith(JSON.stringify(before))
    const worths = [
      worth('sources.interests', 2, 4),
      worth('sources.trending', 0.05, 0.05),
      worth('timescales.session', 0.5, 1),
      worth('timescales.lasting', 0.2, 0.2),
      worth('TIMESCALES.session', 1_800, 450),
    ]
    await writeContent(path, mergedWith(await contentOf(path), 'home', found(...worths)))
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      scenarios: {
        sidebar: { extends: 'item-page' },
        home: {
          ...home,
          sources: { interests: { weight: 4, limit: 80 } },
          timescales: { session: 1, lasting: 0.2 },
        },
      },
      learning: { ...defaultLearning, neighbours: 50 },
    })
    const { config, learning } = await contentOf(path)
    expect(config.get('home')!.scenario.sources.interests!.weight).toBe(4)
    expect(learning.neighbours).toBe(50)
  })

  it('begins empty where there is none, and is refused where it is broken', async () => {
    expect((await contentOf('/nowhere/halflife.config.json')).written).toEqual({ scenarios: {} })
    const broken = await fileWith('{"scenarios":{},"learning":{"neighbours":0}}')
    await expect(contentOf(broken)).rejects.toMatchObject({
      code: 'HL_CONFIG',
      message: expect.stringContaining('learning.neighbours is 0'),
    })
  })
})
