import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { rebuildTelemetry } from '../../../services/cli/rebuild/rebuild-telemetry.ts'
import { documentedMetrics, shownMetrics } from '../../ops/metrics-page.ts'
import { embeddedPlace, runServices, settingsAt } from '../running-halflife.ts'

const documented = await documentedMetrics()

/** A rebuild has an own process, which shows these beside those of a tracker. */
async function metricsOfARebuild(): Promise<string> {
  const telemetry = openTelemetry({ service: 'rebuild', level: 'silent' })
  rebuildTelemetry(telemetry)
  const names = ['halflife_rebuild_records', 'halflife_rebuild_switched']
  const metrics = await Promise.all(names.map((name) => telemetry.registry.getSingleMetricAsString(name)))
  return metrics.map((metric) => `${metric}\n`).join('')
}

describe('docs/metrics.md', () => {
  let scrape: string
  beforeAll(async () => {
    const cleanings: (() => Promise<void>)[] = []
    const place = await embeddedPlace((clean) => cleanings.push(clean))
    const roles = ['collector', 'tracker', 'scorer'] as const
    const services = await runServices(roles, settingsAt(place), (clean) => cleanings.push(clean))
    scrape = (await services.get('/metrics')).text + (await metricsOfARebuild())
    for (const clean of cleanings.reverse()) await clean()
  })

  it('has a row for every metric that is shown', () => {
    const names = new Set(documented.map(({ name }) => name))
    const missing = shownMetrics(scrape)
      .filter(({ name }) => !names.has(name))
      .map(({ name, type, help }) => `| \`${name}\` | ${type} |  | ${help} |`)
    expect(missing, 'add these rows to docs/metrics.md, with the labels in the third column').toEqual([])
  })

  it('has no row for a metric that is not shown', () => {
    const names = new Set(shownMetrics(scrape).map(({ name }) => name))
    const left = documented.map(({ name }) => name).filter((name) => !names.has(name))
    expect(left, 'take these rows out of docs/metrics.md').toEqual([])
  })

  it('says of each metric what its type and its help say', () => {
    const byName = new Map(documented.map((metric) => [metric.name, metric]))
    for (const { name, type, help } of shownMetrics(scrape)) {
      expect.soft(byName.get(name), name).toMatchObject({ type, help })
    }
  })

  it('speaks of names that Prometheus has nothing to say against', () => {
    const lint = spawnSync('promtool', ['check', 'metrics'], { input: scrape, encoding: 'utf8' })
    expect(lint.error?.message, 'promtool comes with apt-get install prometheus').toBeUndefined()
    expect([lint.status, lint.stderr + lint.stdout]).toEqual([0, ''])
  })
})
