import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newestFirst, type RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { sessionsOf } from '../../../libs/interest/sessions.ts'
import { coOccurrence } from '../../../libs/retrieval/co-occurrence.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

type Visit = readonly [itemId: string, minute: number]

function eventsOf(visits: readonly Visit[]): RememberedEvent[] {
  const events = visits.map(([itemId, minute], n) => {
    return { fingerprint: `${n}`, itemId, type: 'view', occurredAtMs: minute * MINUTE, weight: 1 }
  })
  return events.sort(newestFirst)
}

function counted(users: Readonly<Record<string, readonly Visit[]>>) {
  const counts = coOccurrence(DAY)
  for (const [userId, visits] of Object.entries(users)) counts.put(userId, eventsOf(visits))
  return counts
}

/** The row by its definition, over all users at once. */
function rowByDefinition(users: Readonly<Record<string, readonly Visit[]>>, itemId: string) {
  const left = (atMs: number) => 2 ** ((atMs - 5_000 * MINUTE) / DAY)
  const all = Object.entries(users).flatMap(([userId, visits]) => {
    return sessionsOf(eventsOf(visits)).map((session) => ({ userId, ...session }))
  })
  const withBoth = (...itemIds: string[]) => all.filter((s) => itemIds.every((id) => s.itemIds.has(id)))
  const weightOf = (sessions: typeof all) => sessions.reduce((sum, { atMs }) => sum + left(atMs), 0)
  const usersOf = (sessions: typeof all) => new Set(sessions.map(({ userId }) => userId)).size
  const others = new Set(withBoth(itemId).flatMap(({ itemIds }) => [...itemIds]))
  others.delete(itemId)
  return new Map(
    [...others].map((other) => {
      const both = withBoth(itemId, other)
      const people = usersOf(both)
      const part = weightOf(both) / weightOf(withBoth(itemId))
      const popularity = Math.sqrt(usersOf(withBoth(itemId)) / usersOf(withBoth(other)))
      return [other, part * (people / (people + 1)) * popularity] as const
    }),
  )
}

const visit = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(5_000))
const people = fc.dictionary(fc.constantFrom('u', 'v', 'w', 'x'), fc.array(visit, { maxLength: 12 }), {
  noNullPrototype: true,
})

function expectSame(row: ReadonlyMap<string, number> | undefined, expected: ReadonlyMap<string, number>) {
  expect([...(row?.keys() ?? [])].sort()).toEqual([...expected.keys()].sort())
  for (const [other, strength] of expected) expect(row!.get(other)).toBeCloseTo(strength, 9)
}

describe('items that go together', () => {
  it('are as strong as the definition says', () => {
    fc.assert(
      fc.property(people, (users) => {
        const counts = counted(users)
        for (const itemId of ['a', 'b', 'c', 'd', 'e']) {
          expectSame(counts.rowOf(itemId), rowByDefinition(users, itemId))
        }
      }),
    )
  })

  it('do not depend on the order of users, nor on how often a user was put, nor on who came and left', () => {
    fc.assert(
      fc.property(people, people, (users, before) => {
        const counts = counted(before)
        for (const itemId of ['a', 'b', 'c', 'd', 'e']) counts.rowOf(itemId)
        for (const [userId, visits] of Object.entries(users).reverse()) {
          counts.put(userId, eventsOf(visits))
          counts.put(userId, eventsOf(visits))
        }
        for (const userId of Object.keys(before)) if (!(userId in users)) counts.remove(userId)
        const fresh = counted(users)
        for (const itemId of ['a', 'b', 'c', 'd', 'e']) {
          const row = counts.rowOf(itemId)
          expect(row === undefined).toBe(fresh.rowOf(itemId) === undefined)
          expect([...(row?.keys() ?? [])].sort()).toEqual([...(fresh.rowOf(itemId)?.keys() ?? [])].sort())
        }
      }),
    )
  })

  it('are those of one session, and not of one user', () => {
    const counts = counted({
      u: [
        ['a', 0],
        ['b', 10],
        ['c', 100],
      ],
    })
    expect([...counts.rowOf('a')!.keys()]).toEqual(['b'])
    expect([...counts.rowOf('c')!.keys()]).toEqual([])
    expect(counts.rowOf('z')).toBeUndefined()
  })

  it('count less the longer ago it was', () => {
    const counts = counted({
      u: [
        ['a', 0],
        ['b', 0],
      ],
      v: [
        ['a', 1_440],
        ['c', 1_440],
      ],
    })
    const row = counts.rowOf('a')!
    expect(row.get('c')! / row.get('b')!).toBeCloseTo(2)
  })

  it('count for more when many say so, and for less when everybody wants the other', () => {
    const pair = (other: string): Visit[] => [
      ['a', 0],
      [other, 0],
    ]
    const alone: Visit[] = [['hit', 0]]
    const row = counted({
      t: pair('b'),
      u: pair('b'),
      v: pair('c'),
      w: pair('hit'),
      x: alone,
      y: alone,
    }).rowOf('a')!
    expect(row.get('b')!).toBeGreaterThan(2 * row.get('c')! * Math.SQRT1_2)
    expect(row.get('c')!).toBeGreaterThan(row.get('hit')!)
  })

  it('are the 50 strongest', () => {
    const many = Array.from({ length: 80 }, (_, n): Visit => [`i${n}`, 0])
    expect(counted({ u: many }).rowOf('i0')!.size).toBe(50)
  })

  it('are told by the 50 of those who had the item who changed last', () => {
    const pair = (other: string): Visit[] => [
      ['a', 0],
      [other, 0],
    ]
    const early = Array.from({ length: 10 }, (_, n) => [`early ${n}`, pair('b')])
    const late = Array.from({ length: 50 }, (_, n) => [`late ${n}`, pair('c')])
    const counts = counted(Object.fromEntries([...early, ...late]))
    expect([...counts.rowOf('a')!.keys()]).toEqual(['c'])
    counts.put('early 3', eventsOf(pair('b')))
    expect([...counts.rowOf('a')!.keys()]).toEqual(['c', 'b'])
  })

  it('leave nothing of a user who is removed', () => {
    const counts = counted({
      u: [
        ['a', 0],
        ['b', 0],
      ],
    })
    counts.rowOf('a')
    counts.remove('u')
    counts.remove('nobody')
    expect(counts.rowOf('a')).toBeUndefined()
  })
})
