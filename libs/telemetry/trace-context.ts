/** W3C Trace Context (https://www.w3.org/TR/trace-context/), level 1. Where spans are exported (tracing.ts), headers name the
 *  span for which something is done; else they are carried on as they came, and name the caller's. */
export interface TraceContext {
  /** 32 hex digits, the same from the first request to the last log line. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
}

export type Headers = Readonly<Record<string, string | readonly string[] | Buffer | undefined>>

const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/
/** The specification asks that at least so many characters of tracestate be carried. */
const LONGEST_TRACESTATE = 512

/** For log lines: empty where the headers, of HTTP or of a record, carry no well-formed traceparent. */
export function traceOf(headers: Headers): Partial<TraceContext> {
  const [, traceId, spanId] = TRACEPARENT.exec(textOf(headers.traceparent)) ?? []
  return traceId === undefined || spanId === undefined ? {} : { traceId, spanId }
}

/** The trace is one of those that are recorded. */
export function isSampled(headers: Headers): boolean {
  const [, , , flags = '0'] = TRACEPARENT.exec(textOf(headers.traceparent)) ?? []
  return (Number.parseInt(flags, 16) & 1) === 1
}

export function traceparentOf({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`
}

/** What a record written on behalf of a request carries on from the request's headers. */
export function traceHeaders(headers: Headers): Record<string, string> {
  const traceparent = textOf(headers.traceparent)
  if (!TRACEPARENT.test(traceparent)) return {}
  const tracestate = textOf(headers.tracestate)
  const carried = tracestate !== '' && tracestate.length <= LONGEST_TRACESTATE
  return { traceparent, ...(carried && { tracestate }) }
}

/** A header that is given twice counts as absent: nobody knows which is meant. */
function textOf(header: Headers[string]): string {
  if (typeof header === 'string') return header
  return Buffer.isBuffer(header) ? header.toString() : ''
}
