import { accuracyMeasures } from '../../../libs/evaluation/accuracy.ts'
import type { Evaluation } from '../../../libs/evaluation/evaluate.ts'
import type { SubsetName } from '../../../libs/evaluation/measure.ts'
import { ageGroups, type CaseGroups, lengthGroups, qualityBy } from '../../../libs/evaluation/quality-by.ts'
import { chartSvg } from './chart-svg.ts'
import type { EvaluationDocument } from './evaluation-json.ts'
import { cleaningText, protocolText } from './evaluation-table.ts'

/** A page that stands alone: tables, and charts drawn as SVG already. No script, no network. */
export async function reportPage(document: EvaluationDocument, evaluation: Evaluation): Promise<string> {
  const { methods } = document
  const valuesBy = (groups: CaseGroups): object[] => {
    return qualityBy(evaluation, groups).map((each) => ({ ...each, group: `${each.group} (${each.users})` }))
  }
  const trade = methods.map(({ name, subsets }) => ({
    method: name,
    accuracy: subsets.all['ndcg@10']!,
    diversity: subsets.all['diversity@10'] ?? 0,
  }))
  const charts = await Promise.all([
    chartSvg(
      'Quality by length of the history',
      lineChart(valuesBy(lengthGroups), 'events before the question (users)'),
    ),
    chartSvg(
      'Quality by age of the newest event',
      lineChart(valuesBy(ageGroups), 'time since the newest event (users)'),
    ),
    chartSvg('Accuracy against diversity', {
      data: { values: trade },
      encoding: {
        x: {
          field: 'diversity',
          type: 'quantitative',
          title: 'diversity within a page',
          scale: { zero: false },
        },
        y: { field: 'accuracy', type: 'quantitative', title: 'NDCG@10' },
        color: { field: 'method', type: 'nominal', sort: null },
      },
      mark: { type: 'point', filled: true, size: 120 },
    }),
  ])
  return page(document, charts)
}

function lineChart(values: readonly object[], title: string): object {
  return {
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'group', type: 'ordinal', title, sort: null, axis: { labelAngle: 0 } },
      y: { field: 'ndcg', type: 'quantitative', title: 'NDCG@10' },
      color: { field: 'method', type: 'nominal', sort: null },
    },
  }
}

const beyondAccuracy = ['coverage', 'novelty', 'diversity', 'gini', 'popularity-lift', 'new-items']
const columns = [...accuracyMeasures, ...beyondAccuracy.map((name) => `${name}@10`)]

function page(document: EvaluationDocument, charts: readonly string[]): string {
  const { data, protocol, methods } = document
  const subsetTable = (subset: SubsetName): string => {
    return table(
      columns,
      methods.map(({ name, subsets }) => ({ name, cells: columns.map((m) => figure(subsets[subset][m])) })),
    )
  }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Halflife: ${escaped(data.name)}, ${protocol.split}</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
div{overflow-x:auto}table{border-collapse:collapse;font-size:13px}
td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #ddd}tbody th{text-align:left}svg{max-width:100%;height:auto}
pre{white-space:pre-wrap}
</style></head><body>
<h1>${escaped(data.name)}: ${protocol.split}</h1>
<pre>${escaped(cleaningText(document))}${escaped(protocolText(document))}</pre>
<h2>All users (${methods[0]!.subsets.all.users})</h2>${subsetTable('all')}
<h2>Users whose last two times differ (${methods[0]!.subsets.untied.users})</h2>${subsetTable('untied')}
<h2>NDCG@10 and its difference to ${protocol.baseline}, with 95 % bootstrap intervals</h2>${intervalTable(document)}
${charts.map((svg) => `<figure>${svg}</figure>`).join('\n')}
<h2>NDCG@10 by group of users</h2>${groupTables(document)}
</body></html>
`
}

function intervalTable({ methods }: EvaluationDocument): string {
  const range = (low: number, high: number): string => `[${figure(low)}, ${figure(high)}]`
  const rows = methods.map(({ name, subsets, intervals, differences }) => {
    const cells = (['all', 'untied'] as const).flatMap((subset) => {
      const { mean, low, high } = differences.subsets[subset]['ndcg@10']!
      return [
        `${figure(subsets[subset]['ndcg@10'])} ${range(...intervals[subset]['ndcg@10']!)}`,
        `${figure(mean)} ${range(low, high)}`,
      ]
    })
    return { name, cells }
  })
  return table(['all', 'difference', 'untied', 'difference'], rows)
}

function groupTables({ methods }: EvaluationDocument): string {
  return Object.entries(methods[0]!.groups)
    .map(([grouping, groups]) => {
      const names = Object.keys(groups)
      const head = [...names.map((name) => `${name} (${groups[name]!.users})`), 'gap']
      const rows = methods.map(({ name, groups: own, gaps }) => {
        const cells = names.map((group) => figure(own[grouping]![group]!['ndcg@10']))
        return { name, cells: [...cells, figure(gaps[grouping]!['ndcg@10'])] }
      })
      return `<h3>${escaped(grouping)}</h3>${table(head, rows)}`
    })
    .join('\n')
}

function table(head: readonly string[], rows: readonly { name: string; cells: readonly string[] }[]): string {
  const headings = head.map((name) => `<th>${escaped(name)}</th>`).join('')
  const body = rows.map(({ name, cells }) => {
    return `<tr><th>${escaped(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return `<div><table><thead><tr><th></th>${headings}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

function figure(value: number | undefined): string {
  return value?.toFixed(4) ?? '–'
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
