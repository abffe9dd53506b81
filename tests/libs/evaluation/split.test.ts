import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawEvent } from '../../../libs/evaluation/history-data.ts'
import { type Period, splitBy } from '../../../libs/evaluation/split.ts'
import { datasetOf, wanderers } from './sample-history.ts'

const anyEvents: fc.Arbitrary<RawEvent[]> = fc.array(
  fc.record({
    userId: fc.constantFrom('a', 'b', 'c', 'd'),
    itemId: fc.constantFrom('p', 'q', 'r', 's', 't'),
    occurredAtMs: fc.nat(30),
    weight: fc.constant(1),
  }),
  { minLength: 1, maxLength: 60 },
)

function newestOf({ train }: Period): number {
  return train.times.reduce((newest, time) => Math.max(newest, time), Number.NEGATIVE_INFINITY)
}

describe('splitting by time', () => {
  it.each(['time', 'cold-items'] as const)(
    '%s learns from nothing that happened when it is asked, or later',
    (name) => {
      fc.assert(
        fc.property(anyEvents, (events) => {
          const { validation, test } = splitBy(name, datasetOf(events).history)
          for (const period of [validation, test]) {
            for (const asked of period.cases) {
              expect(asked.nowMs).toBeGreaterThan(newestOf(period))
              for (const time of asked.times) expect(time).toBeLessThan(asked.nowMs)
            }
          }
          // Nothing that is asked about in the test was tuned on.
          const firstAsked = test.cases.reduce(
            (first, asked) => Math.min(first, asked.nowMs),
            Number.POSITIVE_INFINITY,
          )
          for (const asked of validation.cases) expect(asked.nowMs).toBeLessThan(firstAsked)
        }),
      )
    },
  )

  it('cold-items asks only about items that nobody had before', () => {
    const { test } = splitBy('cold-items', wanderers(3).history)
    const known = new Set(test.train.items)
    expect(test.cases.length).toBeGreaterThan(10)
    for (const asked of test.cases) for (const target of asked.targets) expect(known.has(target)).toBe(false)
  })
})

describe('leaving one out', () => {
  it('asks each user about the last event, and neither learns from it nor tunes on it', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const { history } = datasetOf(events)
        const { validation, test } = splitBy('leave-one-out', history)
        for (const asked of test.cases) {
          const end = history.starts[asked.user + 1]!
          expect([...asked.targets]).toEqual([history.items[end - 1]])
          expect([...asked.items]).toEqual([...history.items.subarray(history.starts[asked.user]!, end - 1)])
          const learned = test.train.starts[asked.user + 1]! - test.train.starts[asked.user]!
          expect(learned).toBe(end - history.starts[asked.user]! - 1)
          expect(asked.untied).toBe(history.times[end - 1]! > history.times[end - 2]!)
        }
        for (const asked of validation.cases) {
          const start = history.starts[asked.user]!
          const place = start + asked.items.length
          expect(place).toBeLessThan(history.starts[asked.user + 1]! - 1)
          // What is asked about was not learned from.
          const learned = validation.train.starts[asked.user + 1]! - validation.train.starts[asked.user]!
          expect(learned).toBeLessThanOrEqual(asked.items.length)
        }
      }),
    )
  })

  it('keeps events of one time in the order of the file', () => {
    const at = (itemId: string): RawEvent => ({ userId: 'a', itemId, occurredAtMs: 5, weight: 1 })
    const dataset = datasetOf([at('z'), at('y'), at('x')])
    expect(Array.from(dataset.history.items, (item) => dataset.itemIds[item])).toEqual(['z', 'y', 'x'])
  })
})
