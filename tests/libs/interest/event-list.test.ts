import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventList } from '../../../libs/interest/event-list.ts'
import { newestFirst, type RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { decodeRemembered } from '../../../libs/store/remembered-codec.ts'

const digit = fc.constantFrom(...'08f')
const anyEvent: fc.Arbitrary<RememberedEvent> = fc.record({
  fingerprint: fc.array(digit, { minLength: 16, maxLength: 16 }).map((digits) => digits.join('')),
  itemId: fc.oneof(
    fc.constantFrom('a', 'item-1'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  ),
  type: fc.constantFrom('view', 'click', 'vue', 'vu', 'é', '買う', ''),
  occurredAtMs: fc.integer({ min: 0, max: 4 }),
  weight: fc.constantFrom(1, 0.1, -8, 0, -0),
})
const history = fc.uniqueArray(anyEvent, { selector: ({ fingerprint }) => fingerprint, maxLength: 40 })

/** The newest of those that came, as objects. */
function newestOf(events: readonly RememberedEvent[], most: number): RememberedEvent[] {
  return events.toSorted(newestFirst).slice(0, most)
}

describe('a list of events', () => {
  it('has after each event the newest of all that came, and says whether one no longer fitted', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 12 }), (events, most) => {
        const list = new EventList()
        for (const [index, event] of events.entries()) {
          expect(list.add(event, most)).toBe(index >= most)
          expect(list.events).toEqual(newestOf(events.slice(0, index + 1), most))
          expect(list.length).toBe(list.events.length)
        }
      }),
    )
  })

  it('stays as a store takes it, with no more kinds than events', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 12 }), (events, most) => {
        const list = new EventList()
        for (const event of events) {
          list.add(event, most)
          expect(decodeRemembered(list.bytes, 'remembered').events).toEqual(list.events)
          expect(list.bytes.readUInt16LE(1)).toBeLessThanOrEqual(list.length)
        }
      }),
    )
  })

  it('has the fingerprints of its events, and no others', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 12 }), (events, most) => {
        const list = new EventList()
        for (const event of events) list.add(event, most)
        const kept = new Set(newestOf(events, most).map(({ fingerprint }) => fingerprint))
        for (const { fingerprint } of events) expect(list.has(fingerprint)).toBe(kept.has(fingerprint))
      }),
    )
  })

  it('is cut to a bound that has become smaller', () => {
    fc.assert(
      fc.property(history, anyEvent, fc.integer({ min: 1, max: 5 }), (events, event, most) => {
        const list = EventList.of(newestOf(events, events.length))
        list.add(event, most)
        const kept = newestOf([...events, event], most).map(({ occurredAtMs }) => occurredAtMs)
        expect(list.events.slice(0, most).map(({ occurredAtMs }) => occurredAtMs)).toEqual(kept)
      }),
    )
  })

  it('leaves the bytes that it was made of as they were', () => {
    fc.assert(
      fc.property(history, anyEvent, (events, event) => {
        const { bytes } = EventList.of(events)
        const before = Buffer.from(bytes)
        new EventList(bytes).add(event, 5)
        expect(bytes.equals(before)).toBe(true)
      }),
    )
  })

  it('keeps those that it is told to, in their order, or none', () => {
    fc.assert(
      fc.property(history, (events) => {
        const list = EventList.of(events)
        const kept = events.filter((_, index) => index % 2 === 0)
        list.keep(kept)
        expect(list.events).toEqual(kept)
        list.clear()
        expect(list.events).toEqual([])
      }),
    )
  })
})
