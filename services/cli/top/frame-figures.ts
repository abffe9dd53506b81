import type { Sample } from './metric-samples.ts'

/** What all services together showed at one moment. */
export interface Scrape {
  /** Monotonic, ms. */
  readonly atMs: number
  readonly samples: readonly Sample[]
}

/** The figures of a frame, between two scrapes. undefined: nothing to say, for want of a service or of traffic. */
export interface Figures {
  readonly eventsPerSecond: number
  readonly answersPerSecond: number
  readonly degradedShare: number | undefined
  readonly lagRecords: number | undefined
  readonly lagSeconds: number | undefined
  readonly freshness: Quantiles
  readonly answering: Quantiles
  readonly lost: number
  readonly deadLetters: number
  readonly items: number | undefined
}

/** Seconds. */
export interface Quantiles {
  readonly p50: number | undefined
  readonly p99: number | undefined
}

export function figuresOf(before: Scrape, now: Scrape): Figures {
  const seconds = Math.max(now.atMs - before.atMs, 1) / 1_000
  const answers = risen(before, now, 'halflife_answers_total')
  const whole = risen(before, now, 'halflife_answers_total', ({ degraded }) => degraded === 'none')
  return {
    eventsPerSecond: risen(before, now, 'halflife_events_total') / seconds,
    answersPerSecond: answers / seconds,
    degradedShare: answers > 0 ? (answers - whole) / answers : undefined,
    lagRecords: total(now, 'halflife_consumer_lag_records'),
    lagSeconds: greatest(now, 'halflife_consumer_lag_seconds'),
    freshness: quantiles(before, now, 'halflife_freshness_seconds'),
    answering: quantiles(before, now, 'halflife_ranking_duration_seconds'),
    lost:
      (total(now, 'halflife_waiting_events_lost_total') ?? 0) +
      (total(now, 'halflife_events_expired_total') ?? 0),
    deadLetters: total(now, 'halflife_dead_letters_total') ?? 0,
    items: greatest(now, 'halflife_catalog_items'),
  }
}

type Choice = (labels: Sample['labels']) => boolean

function valuesOf({ samples }: Scrape, name: string, choose: Choice = () => true): number[] {
  return samples.filter((sample) => sample.name === name && choose(sample.labels)).map(({ value }) => value)
}

function total(scrape: Scrape, name: string, choose?: Choice): number | undefined {
  const values = valuesOf(scrape, name, choose)
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
}

function greatest(scrape: Scrape, name: string): number | undefined {
  const values = valuesOf(scrape, name)
  return values.length === 0 ? undefined : Math.max(...values)
}

/** How far a counter has risen; a service that started anew begins at 0 and must not count backwards. */
function risen(before: Scrape, now: Scrape, name: string, choose?: Choice): number {
  return Math.max(0, (total(now, name, choose) ?? 0) - (total(before, name, choose) ?? 0))
}

/** Upper bounds, as a histogram knows them: what happened between the scrapes, or, if nothing did, since the start. */
function quantiles(before: Scrape, now: Scrape, histogram: string): Quantiles {
  const name = `${histogram}_bucket`
  const bounds = [
    ...new Set(now.samples.filter((each) => each.name === name).map(({ labels }) => labels.le!)),
  ]
  const counted = (since: Scrape | undefined) =>
    bounds
      .map((le) => {
        const ofBound: Choice = (labels) => labels.le === le
        const count = since ? risen(since, now, name, ofBound) : (total(now, name, ofBound) ?? 0)
        return { bound: Number(le.replace('+Inf', 'Infinity')), count }
      })
      .sort((a, b) => a.bound - b.bound)
  const fresh = counted(before)
  const buckets = (fresh.at(-1)?.count ?? 0) > 0 ? fresh : counted(undefined)
  const all = buckets.at(-1)?.count ?? 0
  const at = (share: number) =>
    all > 0 ? buckets.find(({ count }) => count >= share * all)?.bound : undefined
  return { p50: at(0.5), p99: at(0.99) }
}
