import type { Dashboard, Panel, Row } from './panel.ts'

const COLUMNS = 24
const HEIGHT = { stat: 5, timeseries: 8 }
const datasource = { type: 'prometheus', uid: '$datasource' }

export const RUNBOOKS_UID = 'halflife-runbooks'

/** Where a runbook stands in the dashboard of runbooks, by its name. */
export type RunbookIds = ReadonlyMap<string, number>

interface Place {
  readonly id: number
  readonly gridPos: { x: number; y: number; w: number; h: number }
}

/** A dashboard as Grafana provisions it. Panels of a row stand side by side and wrap. */
export function grafanaJson(dashboard: Dashboard, runbooks: RunbookIds): object {
  const panels: object[] = []
  let y = 0
  for (const row of dashboard.rows) {
    panels.push({ ...rowOf(row), id: panels.length + 1, gridPos: { x: 0, y, w: COLUMNS, h: 1 } })
    y += 1
    let x = 0
    let height = 0
    for (const panel of row.panels) {
      const w = widthOf(panel)
      const h = HEIGHT[panel.kind ?? 'timeseries']
      if (x + w > COLUMNS) {
        y += height
        x = 0
        height = 0
      }
      panels.push(panelOf(panel, { id: panels.length + 1, gridPos: { x, y, w, h } }, runbooks))
      x += w
      height = Math.max(height, h)
    }
    y += height
  }
  return framed(dashboard, panels)
}

export function framed(
  { uid, title, description }: Pick<Dashboard, 'uid' | 'title' | 'description'>,
  panels: readonly object[],
): object {
  return {
    uid,
    title,
    description,
    tags: ['halflife'],
    editable: false,
    schemaVersion: 39,
    refresh: '5s',
    time: { from: 'now-30m', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
    },
    links: [{ title: 'Halflife', type: 'dashboards', tags: ['halflife'], asDropdown: true, keepTime: true }],
    panels,
  }
}

function rowOf({ title }: Row): object {
  return { type: 'row', title, collapsed: false, panels: [] }
}

function panelOf(panel: Panel, place: Place, runbooks: RunbookIds): object {
  const { title, description, unit, runbook, queries, kind = 'timeseries' } = panel
  const runbookId = runbooks.get(runbook)
  if (runbookId === undefined)
    throw new Error(`panel ${title} names runbook ${runbook}, which does not exist`)
  return {
    ...place,
    type: kind,
    title,
    description,
    datasource,
    links: [{ title: 'Runbook', url: `/d/${RUNBOOKS_UID}?viewPanel=${runbookId}`, targetBlank: true }],
    fieldConfig: { defaults: { unit, min: 0, ...lookOf(panel) }, overrides: [] },
    options: kind === 'stat' ? statOptions(panel) : { tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      expr,
      legendFormat: legend,
    })),
  }
}

function widthOf({ kind, width }: Panel): number {
  return width ?? (kind === 'stat' ? 6 : 12)
}

function lookOf({ kind, alarm }: Panel): object {
  if (kind !== 'stat') return { custom: { fillOpacity: 10, showPoints: 'never' } }
  if (alarm === undefined) return { color: { mode: 'fixed', fixedColor: 'text' } }
  const steps =
    'from' in alarm
      ? [
          { color: 'green', value: null },
          { color: 'red', value: alarm.from },
        ]
      : [
          { color: 'red', value: null },
          { color: 'green', value: alarm.below },
        ]
  return { thresholds: { mode: 'absolute', steps } }
}

function statOptions({ names }: Panel): object {
  return { reduceOptions: { calcs: ['lastNotNull'] }, textMode: names ? 'name' : 'auto', graphMode: 'area' }
}
