import { describe, expect, it } from 'vitest'
import { traceHeaders, traceOf } from '../../../libs/telemetry/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${spanId}-01`

describe('trace context', () => {
  it('is read from HTTP headers and from those of a record', () => {
    expect(traceOf({ traceparent })).toEqual({ traceId, spanId })
    expect(traceOf({ traceparent: Buffer.from(traceparent) })).toEqual({ traceId, spanId })
  })

  it('is read from a later version that says more', () => {
    expect(traceOf({ traceparent: `cc-${traceId}-${spanId}-01-more` })).toEqual({ traceId, spanId })
  })

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['given twice', [traceparent, traceparent]],
    ['of the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['without a trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['without a span', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['in capitals', traceparent.toUpperCase()],
    ['followed by a line of its own', `${traceparent}\n{"level":60}`],
  ])('is nothing when it is %s', (_, given) => {
    expect([traceOf({ traceparent: given }), traceHeaders({ traceparent: given })]).toEqual([{}, {}])
  })

  it('is carried on as it came, with a tracestate that is not too long', () => {
    expect(traceHeaders({ traceparent, tracestate: 'a=b' })).toEqual({ traceparent, tracestate: 'a=b' })
    expect(traceHeaders({ traceparent, tracestate: 'a'.repeat(600) })).toEqual({ traceparent })
    expect(traceHeaders({ tracestate: 'a=b' })).toEqual({})
  })
})
