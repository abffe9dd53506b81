import { cutoffs } from '../../../libs/evaluation/accuracy.ts'
import type { Evaluation } from '../../../libs/evaluation/evaluate.ts'
import { ageGroups, lengthGroups, qualityBy } from '../../../libs/evaluation/quality-by.ts'
import { chartSvg } from './chart-svg.ts'
import type { EvaluationDocument } from './evaluation-json.ts'

/** A page that stands alone: tables, and charts drawn as SVG already. No script, no network. */
export async function reportPage(document: EvaluationDocument, evaluation: Evaluation): Promise<string> {
  const { methods } = document
  const byLength = qualityBy(evaluation, lengthGroups)
  const byAge = qualityBy(evaluation, ageGroups)
  const trade = methods.map(({ name, subsets }) => ({
    method: name,
    accuracy: subsets.all['ndcg@10']!,
    diversity: subsets.all['diversity@10'] ?? 0,
  }))
  const charts = await Promise.all([
    chartSvg('Quality by length of the history', lineChart(byLength, 'events before the question')),
    chartSvg('Quality by age of the newest event', lineChart(byAge, 'time since the newest event')),
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
      },
      layer: [
        { mark: { type: 'point', filled: true, size: 80 } },
        { mark: { type: 'text', dx: 8, align: 'left' }, encoding: { text: { field: 'method' } } },
      ],
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

function page(document: EvaluationDocument, charts: readonly string[]): string {
  const { data, protocol, methods } = document
  const measures = cutoffs.flatMap((k) =>
    ['hr', 'recall', 'precision', 'ndcg', 'mrr', 'map'].map((name) => `${name}@${k}`),
  )
  const beyond = ['coverage', 'novelty', 'diversity', 'gini', 'popularity-lift', 'new-items'].map(
    (name) => `${name}@10`,
  )
  const table = (subset: 'all' | 'untied'): string => {
    const rows = methods.map(({ name, subsets }) => {
      const cells = [...measures, ...beyond].map((m) => `<td>${subsets[subset][m]?.toFixed(4) ?? '–'}</td>`)
      return `<tr><th>${escaped(name)}</th>${cells.join('')}</tr>`
    })
    const head = [...measures, ...beyond].map((m) => `<th>${m}</th>`).join('')
    return `<table><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`
  }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Halflife: ${escaped(data.name)}, ${protocol.split}</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
div.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px}
td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #ddd}tbody th{text-align:left}svg{max-width:100%;height:auto}
</style></head><body>
<h1>${escaped(data.name)}: ${protocol.split}</h1>
<p>${data.events} events of ${data.users} users with ${data.items} items. ${protocol.testCases} of
${protocol.testCasesBeforeSampling} users asked, the whole catalog ranked,
${protocol.maskSeen ? 'seen items left out' : 'seen items kept'}, seed ${protocol.seed}.</p>
<h2>All users</h2><div class="wide">${table('all')}</div>
<h2>Users whose last two times differ</h2><div class="wide">${table('untied')}</div>
${charts.map((svg) => `<figure>${svg}</figure>`).join('\n')}
</body></html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
