import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import {
  itemHash,
  lastSeenFirst,
  MOST_TIMES,
  type SeenItem,
  SeenItems,
  seenKind,
} from '../../../libs/interest/seen-items.ts'

const anyEvent: fc.Arbitrary<RememberedEvent> = fc.record({
  fingerprint: fc.constant('0'.repeat(16)),
  itemId: fc.nat(15).map((n) => `item-${n}`),
  type: fc.constantFrom('view', 'purchase'),
  occurredAtMs: fc.integer({ min: 0, max: 6_000 }),
  weight: fc.constantFrom(1, 8, -4),
})

/** What is known after the event, as objects. */
function seenAfter(before: readonly SeenItem[], event: RememberedEvent, most: number): SeenItem[] {
  const hash = itemHash(event.itemId)
  const known = before.find((item) => item.itemHash === hash)
  const kind = event.type === 'purchase' ? seenKind.positive | seenKind.purchased : seenKind.positive
  const now = {
    itemHash: hash,
    lastSeconds: Math.max(known?.lastSeconds ?? 0, Math.floor(event.occurredAtMs / 1_000)),
    kinds: (known?.kinds ?? 0) | (event.weight < 0 ? seenKind.negative : kind),
    times: Math.min(MOST_TIMES, (known?.times ?? 0) + (event.weight > 0 ? 1 : 0)),
  }
  return [...before.filter((item) => item !== known), now].sort(lastSeenFirst).slice(0, most)
}

describe('items that were seen', () => {
  it('are after each event those dealt with last, with all that was done with them', () => {
    const events = fc.array(anyEvent, { maxLength: 80 })
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 20 }), (events, most) => {
        const seen = new SeenItems()
        let expected: SeenItem[] = []
        for (const event of events) {
          const { bytes } = seen
          const before = Buffer.from(bytes)
          seen.see(event, most)
          expected = seenAfter(expected, event, most)
          expect(seen.items).toEqual(expected)
          expect(seen.length).toBe(expected.length)
          expect(bytes.equals(before)).toBe(true)
        }
      }),
    )
  })

  it('are cut to a bound that has become smaller', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), anyEvent, fc.integer({ min: 1, max: 5 }), (events, event, most) => {
        const seen = new SeenItems()
        for (const each of events) seen.see(each, 20)
        const expected = seenAfter(seen.items, event, most)
        seen.see(event, most)
        expect(seen.items).toEqual(expected)
      }),
    )
  })

  it('take an event of any time, as early or as late as they can say', () => {
    const seen = new SeenItems()
    const at = (itemId: string, occurredAtMs: number) => {
      seen.see({ fingerprint: '0'.repeat(16), itemId, type: 'view', occurredAtMs, weight: 1 }, 5)
    }
    // A record's time in microseconds, and none at all, as Kafka may have it.
    at('late', 1_767_268_800_000_000)
    at('early', -1)
    at('now', 1_767_268_800_000)
    expect(seen.items.map(({ lastSeconds }) => lastSeconds)).toEqual([2 ** 32 - 1, 1_767_268_800, 0])
  })

  it('count no further than they have room for, and are none once cleared', () => {
    const seen = new SeenItems()
    const event = { fingerprint: '0'.repeat(16), itemId: 'i', type: 'view', occurredAtMs: 0, weight: 1 }
    for (let n = 0; n < 40; n++) seen.see(event, 5)
    expect(seen.items).toEqual([{ itemHash: itemHash('i'), lastSeconds: 0, kinds: 1, times: MOST_TIMES }])
    seen.clear()
    expect(seen.length).toBe(0)
  })
})
