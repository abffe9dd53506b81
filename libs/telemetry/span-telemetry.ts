import { Counter } from 'prom-client'
import { messageOf } from '../errors/halflife-error.ts'
import type { Telemetry } from './telemetry.ts'

/** What became of the spans that were to be exported. */
export interface SpanTelemetry {
  exported(spans: number): void
  exportFailed(facts: { spans: number; error: unknown }): void
  /** So many wait for the exporter that this one was given up. */
  dropped(): void
}

export function spanTelemetry({ log, registry }: Telemetry): SpanTelemetry {
  const spans = new Counter({
    name: 'halflife_spans_total',
    help: 'Spans of recorded traces, by what became of them: exported, failed, or dropped since too many waited.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  for (const outcome of ['exported', 'failed', 'dropped']) spans.inc({ outcome }, 0)
  /** Trouble is said once, until it is over. */
  let troubled = false
  return {
    exported(count) {
      spans.inc({ outcome: 'exported' }, count)
      if (troubled) log.info('Spans are exported again.')
      troubled = false
    },
    exportFailed({ spans: count, error }) {
      spans.inc({ outcome: 'failed' }, count)
      if (!troubled) log.warn({ reason: messageOf(error) }, 'Spans cannot be exported; all else goes on.')
      troubled = true
    },
    dropped: () => spans.inc({ outcome: 'dropped' }),
  }
}
