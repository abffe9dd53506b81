import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A span as OTLP/HTTP writes it in JSON. */
export interface GatheredSpan {
  readonly service: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly links: readonly { traceId: string; spanId: string }[]
  readonly attributes: Readonly<Record<string, unknown>>
  readonly status: { readonly code?: number }
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface Posted {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly Record<string, never>[] }[]
  }[]
}

const valuesOf = (attributes: readonly Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** What an OpenTelemetry collector does: takes spans by OTLP over HTTP. */
export async function traceGatherer(whenOver: (clean: () => Promise<void>) => void) {
  let status = 200
  const spans: GatheredSpan[] = []
  const paths = new Set<string>()
  const server = createServer(async (request, response) => {
    paths.add(request.url!)
    const { resourceSpans } = (await json(request)) as Posted
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name'])
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        spans.push({ links: [], ...span, service, attributes: valuesOf(span.attributes) } as never)
      }
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  whenOver(async () => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    paths,
    answerWith(next: number): void {
      status = next
    },
  }
}
