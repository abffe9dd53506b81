import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newestFirst, type RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { sessionsOf } from '../../../libs/interest/sessions.ts'

const MINUTE = 60_000
const eventAt = (itemId: string, minute: number, weight = 1): RememberedEvent => {
  return { fingerprint: `${itemId}${minute}`, itemId, type: 'view', occurredAtMs: minute * MINUTE, weight }
}
const listed = (events: RememberedEvent[]) => {
  const sessions = sessionsOf(events.sort(newestFirst))
  return sessions.map(({ atMs, itemIds }) => [atMs / MINUTE, [...itemIds].sort()])
}

describe('sessions', () => {
  it('end with a pause of more than half an hour, however long they are', () => {
    const events = [eventAt('a', 0), eventAt('b', 30), eventAt('a', 60), eventAt('c', 91), eventAt('d', 200)]
    expect(listed(events)).toEqual([
      [200, ['d']],
      [91, ['c']],
      [60, ['a', 'b']],
    ])
  })

  it('leave out what is not wanted', () => {
    expect(listed([eventAt('a', 0), eventAt('b', 10, -4), eventAt('c', 20, 0), eventAt('d', 40)])).toEqual([
      [40, ['d']],
      [0, ['a']],
    ])
    expect(sessionsOf([])).toEqual([])
  })

  it('hold every wanted event in exactly one, and lie more than half an hour apart', () => {
    const event = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(500), fc.constantFrom(-1, 0, 1, 4))
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (drawn) => {
        const events = drawn.map((each) => eventAt(...each)).sort(newestFirst)
        const sessions = sessionsOf(events)
        const items = new Set(sessions.flatMap(({ itemIds }) => [...itemIds]))
        expect(items).toEqual(new Set(events.filter(({ weight }) => weight > 0).map(({ itemId }) => itemId)))
        for (const [n, { atMs }] of sessions.slice(1).entries()) {
          expect(sessions[n]!.atMs - atMs).toBeGreaterThan(30 * MINUTE)
        }
      }),
    )
  })
})
