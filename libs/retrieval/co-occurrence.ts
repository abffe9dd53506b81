import { LRUCache } from 'lru-cache'
import { decay } from '../interest/decay.ts'
import type { RememberedEvent } from '../interest/remembered-event.ts'
import { type Session, sessionsOf } from '../interest/sessions.ts'
import type { DurationMs } from '../interest/time.ts'
import type { ItemRows } from '../ranking/item-rows.ts'
import { bestFirst } from '../ranking/rank.ts'

/** Which items are wanted in the same sessions, counted live.
 *
 *  With d(s) = 2^(−age/h) of a session, the row of item a says of item b
 *
 *      Σ_{s ∋ a, b} d(s) / Σ_{s ∋ a} d(s)  ·  n / (n + 1)  ·  √(|a| / |b|)
 *
 *  the part of what wanted a that wanted b too; less of it where few people (n) say so, and less for what everybody wants,
 *  |x| being the users who had x: the cosine of item-based filtering (Sarwar, Karypis, Konstan, Riedl, WWW 2001), decayed.
 *  All d fade alike, so a row does not depend on the moment.
 *
 *  A user's sessions are kept, and not sums of them: what is put for a user takes the place of what was there before, so
 *  nothing is counted twice, nothing is left of whoever is removed, and no rounding piles up. A row is counted when it is
 *  asked for, and again when one of those who had its item has changed. */
export interface CoOccurrence extends ItemRows {
  /** `events`: newest first. */
  put(userId: string, events: readonly RememberedEvent[]): void
  remove(userId: string): void
}

/** So many of the users who had an item are listened to: those who changed last. */
const MOST_WITNESSES = 50
/** Items in a row: the strongest. */
const LONGEST_ROW = 50
const MOST_ROWS = 10_000
/** A row does not notice when others had its items elsewhere; it is made again after so long. */
const ROW_TTL_MS: DurationMs = 60_000

export function coOccurrence(halfLifeMs: DurationMs): CoOccurrence {
  const sessionsBy = new Map<string, readonly Session[]>()
  /** Users by item, those who changed last at the end. */
  const witnessesOf = new Map<string, Set<string>>()
  const rows = new LRUCache<string, ReadonlyMap<string, number>>({ max: MOST_ROWS, ttl: ROW_TTL_MS })

  function remove(userId: string): void {
    for (const itemId of itemsOf(sessionsBy.get(userId) ?? [])) {
      const witnesses = witnessesOf.get(itemId)!
      witnesses.delete(userId)
      if (witnesses.size === 0) witnessesOf.delete(itemId)
      rows.delete(itemId)
    }
    sessionsBy.delete(userId)
  }

  function count(itemId: string, witnesses: ReadonlySet<string>): ReadonlyMap<string, number> {
    const heard = [...witnesses].slice(-MOST_WITNESSES).map((userId) => {
      return sessionsBy.get(userId)!.filter(({ itemIds }) => itemIds.has(itemId))
    })
    // Relative to the newest, as only their ratio counts: the sum is at least 1.
    const newestMs = Math.max(...heard.flat().map(({ atMs }) => atMs))
    const together = new Map<string, { weight: number; users: number }>()
    let whole = 0
    for (const sessions of heard) {
      const theirs = new Map<string, number>()
      for (const { atMs, itemIds } of sessions) {
        const left = decay(newestMs - atMs, halfLifeMs)
        whole += left
        for (const other of itemIds) theirs.set(other, (theirs.get(other) ?? 0) + left)
      }
      theirs.delete(itemId)
      for (const [other, weight] of theirs) {
        const sum = together.get(other) ?? { weight: 0, users: 0 }
        together.set(other, { weight: sum.weight + weight, users: sum.users + 1 })
      }
    }
    const row = [...together].map(([other, { weight, users }]) => {
      const popularity = Math.sqrt(witnesses.size / witnessesOf.get(other)!.size)
      return { itemId: other, score: (weight / whole) * (users / (users + 1)) * popularity }
    })
    const strongest = row.sort(bestFirst).slice(0, LONGEST_ROW)
    return new Map(strongest.map(({ itemId: other, score }) => [other, score]))
  }

  return {
    put(userId, events) {
      remove(userId)
      const sessions = sessionsOf(events)
      sessionsBy.set(userId, sessions)
      for (const itemId of itemsOf(sessions)) {
        rows.delete(itemId)
        const witnesses = witnessesOf.get(itemId)
        if (witnesses === undefined) witnessesOf.set(itemId, new Set([userId]))
        else witnesses.add(userId)
      }
    },
    remove,
    rowOf(itemId) {
      const witnesses = witnessesOf.get(itemId)
      if (witnesses === undefined) return undefined
      const kept = rows.get(itemId)
      if (kept !== undefined) return kept
      const row = count(itemId, witnesses)
      rows.set(itemId, row)
      return row
    },
  }
}

function itemsOf(sessions: readonly Session[]): Set<string> {
  return new Set(sessions.flatMap(({ itemIds }) => [...itemIds]))
}
