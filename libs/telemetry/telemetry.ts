import { type DestinationStream, type Logger, pino } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'

/** Where a process says what happens in it. Nobody writes a log line or moves a metric but the functions of the
 *  `…-telemetry.ts` files: one function for each thing that can happen, which does both from the same facts. */
export interface Telemetry {
  readonly log: Logger
  readonly registry: Registry
}

export interface TelemetryOptions {
  /** collector, tracker, scorer, standalone … */
  readonly service: string
  readonly level: string
  /** Default: standard error, so that what a command prints stays clean. */
  readonly destination?: DestinationStream
}

export function openTelemetry({ service, level, destination }: TelemetryOptions): Telemetry {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const options = { level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime }
  return { log: pino(options, destination ?? pino.destination(2)), registry }
}
