import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { type Figure, isMet } from './figure.ts'

/** Draws what was measured: how near each figure came to its goal, and how costs grow with size. Charts of which nothing
 *  was measured are left as they are. */
export async function drawCharts(figures: readonly Figure[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const charts: Readonly<Record<string, TopLevelSpec | undefined>> = {
    goals: goalsChart(figures),
    score: sizesChart(figures, /^score (\d+) items (p50|p99)$/, 'items', 'ms at half load'),
    recall: sizesChart(figures, /^recall (\d+) items ?(.*)$/, 'items', 'recall@10'),
    growth: sizesChart(figures, /^growth (event|answer) (\d+) users$/, 'users', 'cost against 1,000 users'),
  }
  for (const [name, spec] of Object.entries(charts)) {
    if (spec !== undefined) await writeFile(join(folder, `${name}.svg`), await svgOf(spec))
  }
}

async function svgOf(spec: TopLevelSpec): Promise<string> {
  return new View(parse(compile({ background: 'white', ...spec }).spec), { renderer: 'none' }).toSVG()
}

/** 1 is the goal, and more is better, whichever way the goal looks. */
function goalsChart(figures: readonly Figure[]): TopLevelSpec | undefined {
  const values = figures.flatMap((figure) => {
    const met = isMet(figure)
    if (met === undefined) return []
    const wanted = Number(figure.goal.split(' ').at(-1))
    const reached = figure.goal.startsWith('at least') ? figure.ratio / wanted : wanted / figure.ratio
    return [{ name: figure.name, reached: Math.min(10, reached), met: met ? 'met' : 'not met' }]
  })
  if (values.length === 0) return undefined
  return {
    data: { values },
    width: 420,
    encoding: { y: { field: 'name', type: 'nominal', sort: null, title: null } },
    layer: [
      {
        mark: 'bar',
        encoding: {
          x: {
            field: 'reached',
            type: 'quantitative',
            scale: { type: 'log', domainMax: 10 },
            title: 'part of the goal that is reached (1 = goal, right is better)',
          },
          x2: { datum: 1 },
          color: {
            field: 'met',
            title: null,
            scale: { domain: ['met', 'not met'], range: ['#4c9f70', '#d1605e'] },
          },
        },
      },
      { mark: { type: 'rule', color: 'black' }, encoding: { x: { datum: 1 } } },
    ],
  }
}

/** Lines over a size that the figures' names carry. `pattern`: the size is its digits, the line's name its other group. */
function sizesChart(
  figures: readonly Figure[],
  pattern: RegExp,
  sizeName: string,
  title: string,
): TopLevelSpec | undefined {
  const values = figures.flatMap(({ name, figure, ratio, unit, limit }) => {
    const [, ...groups] = pattern.exec(name) ?? []
    if (groups.length === 0) return []
    const size = Number(groups.find((group) => /^\d+$/.test(group)))
    const line = groups.find((group) => !/^\d+$/.test(group)) || 'all'
    if (unit.startsWith('µs')) return [{ size, line, value: ratio }]
    const own = { size, line: line, value: figure }
    return unit === 'ms' ? [own, { size, line: `${line} of the reference`, value: limit }] : [own]
  })
  if (values.length === 0) return undefined
  return {
    data: { values },
    width: 420,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'size', type: 'quantitative', scale: { type: 'log' }, title: sizeName },
      y: {
        field: 'value',
        type: 'quantitative',
        title,
        scale: { zero: title.startsWith('recall') === false },
      },
      color: { field: 'line', title: null },
    },
  }
}
