import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { generatedFiles } from '../../ops/generated-files.ts'
import { dashboardFiles, dashboards } from '../../ops/grafana/source/dashboards.ts'
import { allQueries, familyOf, metricsIn, rulesOf } from './metric-names.ts'
import { documentedMetrics } from './metrics-page.ts'

const runbookFolder = new URL('../../ops/runbooks/', import.meta.url)
const runbooks = (await readdir(runbookFolder)).map((file) => file.replace('.md', ''))
const panels = dashboards.flatMap(({ uid, rows }) =>
  rows.flatMap((row) => row.panels.map((panel) => [`${uid}: ${panel.title}`, panel] as const)),
)
const files = await dashboardFiles()
const records = await rulesOf('halflife.rules.yml')
const alerts = await rulesOf('halflife.alerts.yml')

const GRAFANA_COLUMNS = 24
/** Of https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts those used here. */
const GRAFANA_UNITS = ['short', 's', 'bytes', 'percentunit', 'eps', 'reqps', 'ops', 'wps']

interface Rectangle {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

describe('the dashboards', () => {
  it('are written as their sources say, and so are the rules for the operator; `npm run ops` writes both', async () => {
    const files = await generatedFiles()
    const folder = new URL('../../ops/grafana/dashboards/', import.meta.url)
    const written = (await readdir(folder)).map((name) => `ops/grafana/dashboards/${name}`)
    expect([...files.keys()].filter((path) => path.startsWith('ops/')).sort()).toEqual(written.sort())
    for (const [path, text] of files) {
      const there = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
      expect(parse(there), path).toEqual(parse(text))
    }
  })

  it.each(panels)('%s has unit, description, query, legend and a runbook', (_name, panel) => {
    expect(panel.unit).not.toBe('')
    expect(panel.description).toMatch(/^[A-Za-z9].{20,}\.$/)
    expect(runbooks).toContain(panel.runbook)
    expect(panel.queries.length).toBeGreaterThan(0)
    for (const { expr, legend } of panel.queries) expect([expr, legend]).not.toContain('')
  })

  it('link each panel to its runbook in the form Grafana reads', async () => {
    for (const json of files.values()) {
      const { panels } = json as { panels: { type: string; links?: { url: string }[] }[] }
      for (const { type, links } of panels.filter((panel) => !['row', 'text'].includes(panel.type))) {
        expect([type, links?.[0]?.url]).toEqual([
          type,
          expect.stringMatching(/^\/d\/halflife-runbooks\?viewPanel=\d+$/),
        ])
      }
    }
  })

  it.each([...files])('%s puts each panel in a place of its own', (_file, json) => {
    const { panels } = json as { panels: { id: number; type: string; title: string; gridPos: Rectangle }[] }
    expect(panels.length).toBeGreaterThan(4)
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    for (const [n, { title, type, gridPos: at }] of panels.entries()) {
      expect([title, title.trim() === title && title !== '']).toEqual([title, true])
      expect([title, at.x >= 0 && at.w > 0 && at.h > 0 && at.x + at.w <= GRAFANA_COLUMNS]).toEqual([
        title,
        true,
      ])
      // A row's heading goes from edge to edge.
      if (type === 'row') expect(at).toMatchObject({ x: 0, w: GRAFANA_COLUMNS, h: 1 })
      const under = panels.slice(n + 1).filter((other) => overlap(at, other.gridPos))
      expect(under.map((other) => [title, other.title])).toEqual([])
    }
  })

  it.each(panels)('%s has a unit that Grafana knows', (_name, { unit }) => {
    expect(GRAFANA_UNITS).toContain(unit)
  })

  it('answer the four questions first', () => {
    expect(dashboards[0]?.rows.map((row) => row.title)).toEqual([
      'Are interests fresh?',
      'Is anything lost?',
      'Are answers fast?',
      'Are they good?',
    ])
  })
})

describe('panels and rules', () => {
  it('name only metrics that docs/metrics.md has, and series that a rule records', async () => {
    const documented = (await documentedMetrics()).map(({ name }) => name)
    const known = new Set([...documented, ...records.map((rule) => rule.record), 'up'])
    for (const { by, expr } of await allQueries()) {
      const unknown = metricsIn(expr).filter((name) => !known.has(name) && !known.has(familyOf(name)))
      expect(unknown, by).toEqual([])
    }
  })

  it('are read right', () => {
    expect(metricsIn('sum by (le, code) (rate(a_bucket{x="y z"}[5m])) / b:c:rate5m > 14.4 * 0.01')).toEqual([
      'a_bucket',
      'b:c:rate5m',
    ])
  })
})

describe('alerts', () => {
  it.each(alerts.map((rule) => [rule.alert!, rule] as const))(
    '%s says how bad it is and leads to a runbook',
    (_, rule) => {
      expect(['page', 'ticket']).toContain(rule.labels?.severity)
      expect(rule.annotations?.summary).toBeTruthy()
      expect(runbooks).toContain(/^ops\/runbooks\/(.+)\.md$/.exec(rule.annotations?.runbook ?? '')?.[1])
    },
  )

  it('are each set off in the unit tests of the rules', async () => {
    const tests = await readFile(
      new URL('../../ops/prometheus/rules/halflife.rules.test.yml', import.meta.url),
      'utf8',
    )
    const setOff = [...tests.matchAll(/alertname: (\w+)\n +exp_alerts:\n/g)].map(([, name]) => name)
    const all = new Set(alerts.map((rule) => rule.alert))
    expect([...all].filter((name) => !setOff.includes(name))).toEqual([])
  })
})

describe('runbooks', () => {
  it.each(runbooks)('%s tells what it means, where to look first and how to mend it', async (name) => {
    const text = await readFile(new URL(`${name}.md`, runbookFolder), 'utf8')
    expect(text).toMatch(/^# .+\n\n## What it means\n.+\n\n## First look\n.+\n\n## How to fix\n.+\n$/s)
    for (const [, file] of text.matchAll(/\]\(([^)#:]+)/g)) {
      await expect(readFile(new URL(file!, runbookFolder)), `${name} links to ${file}`).resolves.toBeDefined()
    }
  })

  it('are each led to by a panel or an alert', () => {
    const led = new Set([
      ...panels.map(([, panel]) => panel.runbook),
      ...alerts.map((rule) => rule.annotations?.runbook?.replace(/^ops\/runbooks\/|\.md$/g, '')),
    ])
    expect(runbooks.filter((name) => !led.has(name))).toEqual([])
  })
})
