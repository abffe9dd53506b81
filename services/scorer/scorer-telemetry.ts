import { Counter, Gauge, Histogram } from 'prom-client'
import { messageOf } from '../../libs/errors/halflife-error.ts'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'
import type { Basis } from './recommender.ts'

/** Everything that can happen in a scorer, each with its log line and its metric. */
export interface ScorerTelemetry {
  ranked(facts: { basis: Basis; items: number; seconds: number }): void
  catalogFollowed(facts: { changed: number; size: number }): void
  refreshFailed(error: unknown): void
}

export function scorerTelemetry({ log, registry }: Telemetry): ScorerTelemetry {
  const registers = [registry]
  const duration = new Histogram({
    name: 'halflife_ranking_duration_seconds',
    help: 'Time to compute a ranking, by what it rests on.',
    labelNames: ['basis'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  })
  const size = new Gauge({ name: 'halflife_catalog_items', help: 'Items that can be ranked.', registers })
  const followed = new Counter({
    name: 'halflife_catalog_changes_total',
    help: 'Item changes taken in from the store.',
    registers,
  })
  const failed = new Counter({
    name: 'halflife_refresh_failures_total',
    help: 'Failed attempts to follow the store; the scorer answers with what it has.',
    registers,
  })
  return {
    ranked({ basis, items, seconds }) {
      duration.observe({ basis }, seconds)
      log.debug({ basis, items, seconds }, 'Ranked.')
    },
    catalogFollowed(facts) {
      size.set(facts.size)
      followed.inc(facts.changed)
      if (facts.changed > 0) log.debug(facts, 'Catalog followed.')
    },
    refreshFailed(error) {
      failed.inc()
      log.debug(
        { reason: messageOf(error) },
        'The store could not be followed; answers rest on what is here.',
      )
    },
  }
}
