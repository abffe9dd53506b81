import { readFile } from 'node:fs/promises'

export interface MetricFacts {
  readonly name: string
  readonly type: string
  readonly help: string
}

export interface DocumentedMetric extends MetricFacts {
  /** Beside `service`, which every series has. */
  readonly labels: readonly string[]
}

/** The rows of docs/metrics.md. */
export async function documentedMetrics(): Promise<DocumentedMetric[]> {
  const page = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const rows = page.matchAll(/^\| `(\w+)` \| (counter|gauge|histogram|summary) \| (.*?) ?\| (.*) \|$/gm)
  return [...rows].map(([, name, type, labels, help]) => ({
    name: name!,
    type: type!,
    help: help!,
    labels: labels!.split(', ').filter((label) => label !== ''),
  }))
}

/** What a scrape says of each metric. */
export function shownMetrics(scrape: string): MetricFacts[] {
  const heads = scrape.matchAll(/^# HELP (\S+) (.*)\n# TYPE \1 (\S+)$/gm)
  return [...heads].map(([, name, help, type]) => ({ name: name!, help: help!, type: type! }))
}

/** The label names of each sample of a scrape, by the metric's documented name. */
export function shownLabels(scrape: string): { name: string; labels: string[] }[] {
  const ofHistogram = new Set(['le', 'service'])
  return [...scrape.matchAll(/^(\w+)\{(.*)\} \S+$/gm)].map(([, sample, written]) => ({
    name: sample!.replace(/_(bucket|sum|count)$/, ''),
    labels: [...written!.matchAll(/(\w+)="/g)].map(([, label]) => label!).filter((l) => !ofHistogram.has(l)),
  }))
}
