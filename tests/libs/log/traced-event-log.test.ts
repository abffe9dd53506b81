import { describe, expect, it } from 'vitest'
import type { EventLog, NewRecord } from '../../../libs/log/event-log.ts'
import { tracedEventLog } from '../../../libs/log/traced-event-log.ts'
import { isSampled } from '../../../libs/telemetry/trace-context.ts'
import type { SpanFacts, Tracing } from '../../../libs/telemetry/tracing.ts'

const named = (n: number, flags: '00' | '01') => ({
  traceparent: `00-4bf92f3577b34da6a3ce929d0e0e473${n}-00f067aa0ba902b7-${flags}`,
})
const SPAN = named(9, '01').traceparent

function surroundings() {
  const begun: SpanFacts[] = []
  const appended: NewRecord[] = []
  const tracing: Tracing = {
    begin(_, facts) {
      if (!isSampled(facts.cause)) return undefined
      begun.push(facts)
      return { traceparent: SPAN, end() {} }
    },
    close: async () => {},
  }
  const append = async (_: string, records: readonly NewRecord[]) => void appended.push(...records)
  const log = tracedEventLog({ append } as unknown as EventLog, tracing, 'kafka')
  const send = (...headers: Record<string, string>[]) =>
    log.append(
      't',
      headers.map((each, n) => ({ key: `k${n}`, value: Buffer.from('v'), headers: each })),
    )
  return { begun, send, sent: () => appended.map(({ headers }) => headers?.traceparent) }
}

describe('an append on behalf of several traces', () => {
  it('is a span of the first that is recorded, with a link to each', async () => {
    const [unrecorded, one, other] = [named(1, '00'), named(2, '01'), named(3, '01')]
    const { begun, send, sent } = surroundings()
    await send(unrecorded, one, other, one)
    expect(begun).toMatchObject([{ kind: 'producer', cause: one, links: [one, other] }])
    expect(sent()).toEqual([unrecorded.traceparent, SPAN, other.traceparent, SPAN])
  })

  it('is a span without links where all are of one trace', async () => {
    const one = named(2, '01')
    const { begun, send, sent } = surroundings()
    await send(one, one)
    expect(begun).toMatchObject([{ cause: one, links: [] }])
    expect(sent()).toEqual([SPAN, SPAN])
  })

  it('is none where no trace is recorded', async () => {
    const { begun, send, sent } = surroundings()
    await send(named(1, '00'), {})
    expect(begun).toEqual([])
    expect(sent()).toEqual([named(1, '00').traceparent, undefined])
  })
})
