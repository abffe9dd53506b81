import { describe, expect, it } from 'vitest'
import { frameText } from '../../../../services/cli/top/frame.ts'
import { figuresOf } from '../../../../services/cli/top/frame-figures.ts'
import { metricSamples } from '../../../../services/cli/top/metric-samples.ts'

const at = (atMs: number, text: string) => ({ atMs, samples: metricSamples(text) })
const empty = at(0, '')

describe('the figures of halflife top', () => {
  it('are rates between two looks, over all services', () => {
    const before = at(0, 'halflife_events_total{type="a"} 10\nhalflife_events_total{type="b"} 5')
    const now = at(2_000, 'halflife_events_total{type="a"} 20\nhalflife_events_total{type="b"} 15')
    expect(figuresOf(before, now).eventsPerSecond).toBe(10)
  })

  it('do not count backwards when a service has started anew', () => {
    const [before, now] = [at(0, 'halflife_events_total 100'), at(1_000, 'halflife_events_total 3')]
    expect(figuresOf(before, now).eventsPerSecond).toBe(0)
  })

  it('take the bucket in which the quantile lies, of what happened since the last look', () => {
    const buckets = (...counts: number[]) =>
      ['0.01', '0.1', '+Inf']
        .map((le, n) => `halflife_freshness_seconds_bucket{le="${le}"} ${counts[n]}`)
        .join('\n')
    const figures = figuresOf(at(0, buckets(100, 100, 100)), at(1_000, buckets(101, 110, 110)))
    expect(figures.freshness).toEqual({ p50: 0.1, p99: 0.1 })
    expect(figuresOf(empty, at(1_000, buckets(98, 98, 100))).freshness).toEqual({
      p50: 0.01,
      p99: Number.POSITIVE_INFINITY,
    })
  })

  it('say the greatest delay and all waiting records, and what share of answers is degraded', () => {
    const now = `halflife_consumer_lag_records{partition="0"} 3
halflife_consumer_lag_records{partition="1"} 4
halflife_consumer_lag_seconds{partition="0"} 1.5
halflife_consumer_lag_seconds{partition="1"} 0
halflife_answers_total{degraded="none"} 3
halflife_answers_total{degraded="embedder"} 1`
    expect(figuresOf(empty, at(1_000, now))).toMatchObject({
      lagRecords: 7,
      lagSeconds: 1.5,
      degradedShare: 0.25,
    })
  })

  it('say nothing where there is nothing to say, and titles do not steer the terminal', () => {
    const text = frameText({
      services: [],
      figures: figuresOf(empty, empty),
      interests: [['\u001b[2J', '1']],
      userId: undefined,
    })
    expect(text).toMatch(/lag +│ – records, –/)
    expect(text).toContain('\\x1b[2J')
  })
})
