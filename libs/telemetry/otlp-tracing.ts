import {
  createTraceState,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import type { SpanTelemetry } from './span-telemetry.ts'
import { type Headers, isSampled, traceHeaders, traceOf, traceparentOf } from './trace-context.ts'
import type { Span, Tracing } from './tracing.ts'

/** Spans that wait for the exporter, or that it has in hand; more are dropped. One takes a kilobyte or two. */
const MOST_WAITING = 2_048
const CLOSE_WITHIN_MS = 2_000

const kinds = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
}

/** Tracing that exports by OTLP over HTTP to `url`. What the standard environment variables say besides (OTEL_SERVICE_NAME,
 *  OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS …) holds, since OpenTelemetry's own packages read them. */
export function otlpTracing(facts: { service: string; url: string }, say: SpanTelemetry): Tracing {
  const own = resourceFromAttributes({ 'service.name': `halflife-${facts.service}` })
  const provider = new BasicTracerProvider({
    resource: own.merge(resourceFromAttributes(envDetector.detect().attributes ?? {})),
    spanProcessors: [boundedProcessor(new OTLPTraceExporter({ url: facts.url }), say)],
  })
  const tracer = provider.getTracer('halflife')
  return {
    begin(name, { kind, cause, links = [], attributes, startMs }) {
      if (kind !== 'server' && !isSampled(cause)) return undefined
      const parent = contextOf(cause)
      const span = tracer.startSpan(
        name,
        {
          kind: kinds[kind],
          links: links.flatMap((each) => contextOf(each) ?? []).map((context) => ({ context })),
          ...(attributes && { attributes }),
          ...(startMs !== undefined && { startTime: startMs }),
        },
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      )
      return span.isRecording() ? spanOf(span) : undefined
    },
    async close() {
      const late = new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_WITHIN_MS).unref())
      await Promise.race([provider.shutdown().catch(() => undefined), late])
    },
  }
}

function spanOf(span: ReturnType<typeof trace.wrapSpanContext>): Span {
  return {
    traceparent: traceparentOf(span.spanContext()),
    end({ attributes, failure, endMs } = {}) {
      if (attributes !== undefined) span.setAttributes(attributes)
      if (failure !== undefined) {
        span.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end(endMs)
    },
  }
}

function contextOf(headers: Headers): SpanContext | undefined {
  const { traceId, spanId } = traceOf(headers)
  if (traceId === undefined || spanId === undefined) return undefined
  const { tracestate } = traceHeaders(headers)
  return {
    traceId,
    spanId,
    traceFlags: isSampled(headers) ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  }
}

/** OpenTelemetry's own processor, with a bound that counts what is in the exporter's hands, too, and with words for what is
 *  lost, which it drops in silence. */
function boundedProcessor(exporter: SpanExporter, say: SpanTelemetry): SpanProcessor {
  let waiting = 0
  const counting: SpanExporter = {
    export(spans, done) {
      exporter.export(spans, (result) => {
        waiting -= spans.length
        if (result.error === undefined) say.exported(spans.length)
        else say.exportFailed({ spans: spans.length, error: result.error })
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
  const batches = new BatchSpanProcessor(counting, { maxQueueSize: MOST_WAITING })
  return {
    onStart() {},
    onEnd(span) {
      if (waiting >= MOST_WAITING) return say.dropped()
      waiting++
      batches.onEnd(span)
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  }
}
