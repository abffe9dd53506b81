import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { withTracing } from '../../../libs/telemetry/open-tracing.ts'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { spanLaps, type Tracing } from '../../../libs/telemetry/tracing.ts'
import { traceGatherer } from '../../substrate/trace-gatherer.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const sampled = { traceparent: `00-${traceId}-${spanId}-01` }
const unsampled = { traceparent: `00-${traceId}-${spanId}-00` }

async function tracingTo(url: string) {
  const destination = new PassThrough()
  const plain = openTelemetry({ service: 'test', level: 'info', destination })
  const { tracing, registry } = await withTracing(plain, { service: 'test', url })
  const counted = async () => {
    const metric = await registry.getSingleMetric('halflife_spans_total')!.get()
    return Object.fromEntries(metric.values.map(({ labels, value }) => [labels.outcome, value]))
  }
  const lines = () =>
    String(destination.read() ?? '')
      .trim()
      .split('\n')
      .filter(Boolean)
  onTestFinished(() => tracing!.close())
  return { tracing: tracing!, counted, lines }
}

const end = (tracing: Tracing, name: string) => tracing.begin(name, { kind: 'server', cause: {} })!.end()

describe('tracing', () => {
  it('is absent where nobody gathers traces, and its metric is there all the same', async () => {
    const plain = openTelemetry({ service: 'test', level: 'silent' })
    const telemetry = await withTracing(plain, { service: 'test', url: undefined })
    expect(telemetry.tracing).toBeUndefined()
    expect(await telemetry.registry.getSingleMetricAsString('halflife_spans_total')).toContain(
      'outcome="dropped"',
    )
  })

  it('records what is done for a recorded trace, as the child of its cause, and nothing else', async () => {
    const gatherer = await traceGatherer(onTestFinished)
    const { tracing, counted } = await tracingTo(`${gatherer.url}/v1/traces`)
    const attributes = { 'http.route': '/v1/events' }
    const links = [sampled, {}]
    const root = tracing.begin('request', { kind: 'server', cause: {}, attributes, links })!
    const child = tracing.begin('append', { kind: 'producer', cause: { traceparent: root.traceparent } })!
    child.end({ failure: 'HL_LOG_UNAVAILABLE' })
    root.end({ attributes: { 'http.response.status_code': 503 } })
    tracing.begin('joined', { kind: 'server', cause: { ...sampled, tracestate: 'shop=cart' } })!.end()
    for (const cause of [{}, unsampled]) {
      expect(tracing.begin('append', { kind: 'producer', cause })).toBeUndefined()
    }
    expect(tracing.begin('request', { kind: 'server', cause: unsampled })).toBeUndefined()
    await tracing.close()

    const [append, request, joined] = gatherer.spans
    expect(gatherer.spans).toHaveLength(3)
    expect(root.traceparent).toBe(`00-${request!.traceId}-${request!.spanId}-01`)
    expect(request).toMatchObject({
      service: 'halflife-test',
      kind: 2,
      attributes: { ...attributes, 'http.response.status_code': 503 },
      links: [{ traceId, spanId }],
    })
    expect(request).not.toHaveProperty('parentSpanId')
    expect(append).toMatchObject({
      traceId: request!.traceId,
      parentSpanId: request!.spanId,
      attributes: { 'error.type': 'HL_LOG_UNAVAILABLE' },
      status: { code: 2 },
    })
    expect(joined).toMatchObject({ traceId, parentSpanId: spanId, traceState: 'shop=cart' })
    expect(await counted()).toEqual({ exported: 3, failed: 0, dropped: 0 })
  })

  it('shows the steps of a piece of work one after the other', async () => {
    const gatherer = await traceGatherer(onTestFinished)
    const { tracing } = await tracingTo(gatherer.url)
    const lap = spanLaps<'read' | 'write'>(tracing, sampled)
    lap('read')
    lap('write')
    await tracing.close()
    const [read, write] = gatherer.spans
    expect([read, write]).toMatchObject([
      { name: 'read', parentSpanId: spanId },
      { name: 'write', parentSpanId: spanId },
    ])
    expect(write!.startTimeUnixNano).toBe(read!.endTimeUnixNano)
  })

  it('says once that spans cannot be exported, counts them, and says when that is over', async () => {
    const gatherer = await traceGatherer(onTestFinished)
    const { tracing, counted, lines } = await tracingTo(gatherer.url)
    // Full batches are sent at once.
    const endBatches = (count: number) => {
      for (let n = 0; n < 512 * count; n++) end(tracing, 'request')
    }
    gatherer.answerWith(400)
    endBatches(2)
    await expect.poll(counted).toMatchObject({ failed: 1_024 })
    expect(lines()).toEqual([expect.stringContaining('Spans cannot be exported; all else goes on.')])
    gatherer.answerWith(200)
    endBatches(1)
    await expect.poll(counted).toMatchObject({ exported: 512 })
    expect(lines()).toEqual([expect.stringContaining('Spans are exported again.')])
  })

  it('drops and counts what comes while too many wait for somebody who does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const { tracing, counted } = await tracingTo(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`)
    for (let n = 0; n < 2_100; n++) end(tracing, 'request')
    // The first batch is in the exporter's hands by now, and counts.
    await vi.waitFor(async () => expect(await counted()).toMatchObject({ dropped: 52 }))
    for (let n = 0; n < 10; n++) end(tracing, 'request')
    expect(await counted()).toEqual({ exported: 0, failed: 0, dropped: 62 })
  })
})
