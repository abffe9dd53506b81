import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { drawCharts } from '../../bench/charts.ts'
import { against, figureOf } from '../../bench/figure.ts'

async function drawn(figures: Parameters<typeof drawCharts>[0]) {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-charts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await drawCharts(figures, folder)
  return {
    files: (await readdir(folder)).sort(),
    read: (name: string) => readFile(join(folder, name), 'utf8'),
  }
}

it('draws what was measured and nothing else', async () => {
  const goal = { sense: 'at most', ratio: 2 } as const
  const { files, read } = await drawn([
    figureOf('score 1000 items p99', 'ms', goal, [against('bare', 3, 2)]),
    figureOf('score 10000 items p99', 'ms', goal, [against('bare', 9, 4)]),
  ])
  expect(files).toEqual(['goals.svg', 'score.svg'])
  const goals = await read('goals.svg')
  for (const text of ['score 1000 items p99', 'not met', 'met']) expect(goals).toContain(text)
  expect(await read('score.svg')).toContain('p99 of the reference')
})

it('draws no goals where there are none', async () => {
  expect(
    (await drawn([figureOf('memory tracker', 'MB', undefined, [against('vectors', 3, 2)])])).files,
  ).toEqual([])
})
