import { Counter, Histogram } from 'prom-client'
import type { HalflifeError } from '../errors/halflife-error.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { TraceContext } from '../telemetry/trace-context.ts'

export interface Answered {
  readonly method: string
  /** The route's pattern, never the path asked for: paths hold ids. */
  readonly route: string
  readonly status: number
  readonly seconds: number
  /** Of the request; empty when it carried none. */
  readonly trace: Partial<TraceContext>
}

/** Rate, errors, duration of a service's HTTP interface. */
export interface HttpTelemetry {
  answered(facts: Answered): void
  failed(facts: { route: string; error: HalflifeError }): void
}

export function httpTelemetry({ log, registry }: Telemetry): HttpTelemetry {
  const duration = new Histogram({
    name: 'halflife_http_request_duration_seconds',
    help: 'Time from the request to its answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const problems = new Counter({
    name: 'halflife_http_problems_total',
    help: 'Problem documents answered, by route and code.',
    labelNames: ['route', 'code'],
    registers: [registry],
  })
  return {
    answered({ seconds, trace, ...labels }) {
      duration.observe(labels, seconds)
      log.debug({ ...labels, seconds, ...trace }, 'Request answered.')
    },
    failed({ route, error }) {
      const labels = { route, code: error.code }
      problems.inc(labels)
      if (error.code === 'HL_INTERNAL') log.error({ ...labels, err: error.cause }, 'Request failed.')
      else log.debug({ ...labels, detail: error.message }, 'Request refused.')
    },
  }
}
