import { readFile } from 'node:fs/promises'
import { parse, stringify } from 'yaml'
import { dashboardFiles } from './grafana/source/dashboards.ts'

const root = new URL('../', import.meta.url)

/** Files that are made from others, by their path in the repository: dashboards for Grafana, and the rules in the form that
 *  the Prometheus operator reads. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const dashboards = [...(await dashboardFiles())].map(
    ([name, json]) => [`ops/grafana/dashboards/${name}`, `${JSON.stringify(json, null, 2)}\n`] as const,
  )
  const rule = stringify(await prometheusRule(), { lineWidth: 0 })
  return new Map([...dashboards, ['k8s/components/servicemonitor/prometheus-rule.yaml', `${MADE}${rule}`]])
}

const MADE = '# Made of ops/prometheus/rules by `npm run ops`; a test compares the two.\n'

async function prometheusRule(): Promise<object> {
  const files = ['halflife.rules.yml', 'halflife.alerts.yml'].map((name) => `ops/prometheus/rules/${name}`)
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, root), 'utf8')))
  const groups = texts.flatMap((text) => (parse(text) as { groups: object[] }).groups)
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'halflife' },
    spec: { groups },
  }
}
