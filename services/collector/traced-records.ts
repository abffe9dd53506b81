import type { NewRecord } from '../../libs/log/event-log.ts'
import { traceHeaders } from '../../libs/telemetry/trace-context.ts'

/** The records with the trace of the request that they came by, if it had one. */
export function tracedRecords(
  records: readonly NewRecord[],
  requestHeaders: Parameters<typeof traceHeaders>[0],
): readonly NewRecord[] {
  const trace = traceHeaders(requestHeaders)
  if (trace.traceparent === undefined) return records
  return records.map((record) => ({ ...record, headers: { ...record.headers, ...trace } }))
}
