/** What a panel says, without where it stands. */
export interface Panel {
  readonly title: string
  /** What it shows and what is healthy, for somebody who sees it for the first time. */
  readonly description: string
  /** Grafana's name for it: s, bytes, percentunit, eps (events a second), reqps, short … */
  readonly unit: string
  /** Page of ops/runbooks, without its ending. */
  readonly runbook: string
  readonly queries: readonly Query[]
  /** @default 'timeseries' */
  readonly kind?: 'stat' | 'timeseries'
  /** Of 24 columns. @default 6 for a stat, else 12 */
  readonly width?: number
  /** A stat turns red from here on; below it where less is worse. */
  readonly alarm?: { readonly from: number } | { readonly below: number }
  /** A stat whose series' names are what is to be read. */
  readonly names?: boolean
}

export interface Query {
  readonly expr: string
  /** As Grafana writes it: {{label}}. */
  readonly legend: string
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly rows: readonly Row[]
}

/** A rate over as long as the resolution of the panel asks for. */
export function perSecond(series: string, by?: string): string {
  return `sum${by ? ` by (${by})` : ''} (rate(${series}[$__rate_interval]))`
}

export function quantile(q: number, histogram: string, by?: string): string {
  const buckets = `rate(${histogram}_bucket[$__rate_interval])`
  return `histogram_quantile(${q}, sum by (${by ? `${by}, ` : ''}le) (${buckets}))`
}
