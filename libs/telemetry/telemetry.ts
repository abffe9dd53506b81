import { type DestinationStream, type Logger, pino } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Tracing } from './tracing.ts'

/** Where a process says what happens in it. Nobody writes a log line or moves a metric but the functions of the
 *  `…-telemetry.ts` files: one function for each thing that can happen, which does both from the same facts. */
export interface Telemetry {
  readonly log: Logger
  readonly registry: Registry
  /** Absent: nobody gathers traces. */
  readonly tracing?: Tracing
}

export interface TelemetryOptions {
  /** collector, tracker, scorer, standalone … */
  readonly service: string
  readonly level: string
  /** Default: standard error, so that what a command prints stays clean. */
  readonly destination?: DestinationStream
}

/** Gauges that are named like counters, which Prometheus forbids; the same figures come by type under other names. */
const ILL_NAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

export function openTelemetry({ service, level, destination }: TelemetryOptions): Telemetry {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  for (const name of ILL_NAMED) registry.removeSingleMetric(name)
  const options = { level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime }
  return { log: pino(options, destination ?? pino.destination(2)), registry }
}
