import { isHalflifeError } from '../errors/halflife-error.ts'
import { type Headers, isSampled } from '../telemetry/trace-context.ts'
import type { Span, Tracing } from '../telemetry/tracing.ts'
import type { Batch, EventLog, NewRecord, SubscriptionOptions } from './event-log.ts'

/** OpenTelemetry keeps no more links of one span. */
const MOST_LINKS = 128

/** The log, with a span for each append and each batch that a recorded trace led to, child of the first such trace and linked
 *  to all of them: a span for each record would cost more than its tracking. The records of that trace then name the span in
 *  which they were appended.
 *  @param system as traces are to name it */
export function tracedEventLog(log: EventLog, tracing: Tracing, system: string): EventLog {
  const attributesOf = (topic: string, records: readonly unknown[]) => ({
    'messaging.system': system,
    'messaging.destination.name': topic,
    'messaging.batch.message_count': records.length,
  })

  async function append(topic: string, records: readonly NewRecord[]): Promise<void> {
    const causes = causesOf(records)
    const cause = causes[0] ?? records[0]?.headers ?? {}
    const links = causes.length > 1 ? causes : []
    const attributes = { ...attributesOf(topic, records), 'messaging.operation.type': 'send' }
    const span = tracing.begin(`send ${topic}`, { kind: 'producer', cause, links, attributes })
    if (span === undefined) return log.append(topic, records)
    const { traceparent } = span
    const followed = records.map((record) =>
      record.headers?.traceparent === cause.traceparent
        ? { ...record, headers: { ...record.headers, traceparent } }
        : record,
    )
    return during(span, () => log.append(topic, followed))
  }

  const traced =
    ({ group, onBatch }: SubscriptionOptions) =>
    async (batch: Batch): Promise<void> => {
      const causes = causesOf(batch.records)
      const [cause] = causes
      if (cause === undefined) return onBatch(batch)
      const attributes = {
        ...attributesOf(batch.topic, batch.records),
        'messaging.operation.type': 'process',
        'messaging.consumer.group.name': group,
        'messaging.destination.partition.id': String(batch.partition),
      }
      const facts = { kind: 'consumer', cause, links: causes, attributes } as const
      const span = tracing.begin(`process ${batch.topic}`, facts)
      return span === undefined ? onBatch(batch) : during(span, () => onBatch(batch))
    }

  return {
    ...log,
    append,
    subscribe: (subscription) => log.subscribe({ ...subscription, onBatch: traced(subscription) }),
  }
}

async function during(span: Span, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    span.end()
  } catch (error) {
    span.end({ failure: isHalflifeError(error) ? error.code : 'HL_INTERNAL' })
    throw error
  }
}

/** The different spans that led to the records, as far as they are recorded. */
function causesOf(records: readonly { readonly headers?: Headers }[]): Headers[] {
  const causes = new Map<string, Headers>()
  for (const { headers } of records) {
    const named = headers?.traceparent?.toString()
    if (headers === undefined || named === undefined || causes.has(named) || !isSampled(headers)) continue
    causes.set(named, headers)
    if (causes.size === MOST_LINKS) break
  }
  return [...causes.values()]
}
