import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { dashboards } from '../../ops/grafana/source/dashboards.ts'

export interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export const rulesFolder = new URL('../../ops/prometheus/rules/', import.meta.url)

export async function rulesOf(file: string): Promise<Rule[]> {
  const { groups } = parse(await readFile(new URL(file, rulesFolder), 'utf8')) as {
    groups: { rules: Rule[] }[]
  }
  return groups.flatMap((group) => group.rules)
}

/** A query and who asks it. */
export interface Asked {
  readonly by: string
  readonly expr: string
}

export async function allQueries(): Promise<Asked[]> {
  const rules = [...(await rulesOf('halflife.rules.yml')), ...(await rulesOf('halflife.alerts.yml'))]
  const panels = dashboards.flatMap(({ title: dashboard, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries }) =>
        queries.map(({ expr }) => ({ by: `${dashboard}, panel "${title}"`, expr })),
      ),
    ),
  )
  return [...panels, ...rules.map(({ record, alert, expr }) => ({ by: `rule ${record ?? alert}`, expr }))]
}

/** The metrics and recorded series that a PromQL expression names: what is left without labels, numbers and functions. */
export function metricsIn(expr: string): string[] {
  const bare = expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|on|without|ignoring) *\([^)]*\)/g, ' ')
  const names = bare.match(/(?<![\w$:])[a-z_][\w:]*(?!\w*\s*\()/g) ?? []
  const words = new Set(['or', 'and', 'unless', 'bool', 'offset'])
  return [...new Set(names.filter((name) => !words.has(name)))]
}

/** Those of a histogram are three. */
export function familyOf(metric: string): string {
  return metric.replace(/_(bucket|sum|count)$/, '')
}
