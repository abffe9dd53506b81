import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Span, Tracing } from '../telemetry/tracing.ts'

/** A span for each request to the interface proper; probes and scrapes have none. From then on the request's own header names
 *  this span: log lines, records and impressions that come of the request are its consequences. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, Span>()
  app.addHook('onRequest', async (request) => {
    // The pattern, never the path asked for: paths hold ids.
    const route = request.routeOptions.url
    if (!route?.startsWith('/v1/')) return
    const attributes = { 'http.request.method': request.method, 'http.route': route }
    const facts = { kind: 'server', cause: request.headers, attributes } as const
    const span = tracing.begin(`${request.method} ${route}`, facts)
    if (span === undefined) return
    spans.set(request, span)
    request.headers.traceparent = span.traceparent
  })
  app.addHook('onResponse', async (request, { statusCode }) => {
    const attributes = { 'http.response.status_code': statusCode }
    spans.get(request)?.end({ attributes, ...(statusCode >= 500 && { failure: String(statusCode) }) })
  })
}
