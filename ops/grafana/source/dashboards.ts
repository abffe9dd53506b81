import { capacity } from './capacity.ts'
import { grafanaJson, RUNBOOKS_UID } from './grafana-json.ts'
import { overview } from './overview.ts'
import type { Dashboard } from './panel.ts'
import { pipeline } from './pipeline.ts'
import { quality } from './quality.ts'
import { runbookIds, runbookPages, runbooksJson } from './runbook-pages.ts'
import { scorer } from './scorer.ts'

export const dashboards: readonly Dashboard[] = [overview, pipeline, scorer, quality, capacity]

/** As Grafana provisions them, by file name. */
export async function dashboardFiles(): Promise<Map<string, object>> {
  const pages = await runbookPages()
  const files = dashboards.map(
    (dashboard) => [dashboard.uid, grafanaJson(dashboard, runbookIds(pages))] as const,
  )
  const all = [...files, [RUNBOOKS_UID, runbooksJson(pages)] as const]
  return new Map(all.map(([uid, json]) => [`${uid}.json`, json]))
}
