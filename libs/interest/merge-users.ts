import { EventList } from './event-list.ts'
import type { InterestShape } from './interest-shape.ts'
import { emptyInterest, mergeInterest } from './interest-state.ts'
import { newestFirst } from './remembered-event.ts'
import { lastSeenFirst, MOST_TIMES, type SeenItem, SeenItems } from './seen-items.ts'
import { emptyUser, type UserBounds, type UserState } from './user-state.ts'

/** The state of one person out of those of their ids, as if all events had come under one: interests add up, lists are
 *  united in the order that each of them has and cut to its bound.
 *  @param states the account's first: its links, and when it was forgotten, are the person's */
export function mergeUsers(
  states: readonly UserState[],
  shape: InterestShape,
  bounds: UserBounds,
): UserState {
  const interest = emptyInterest(shape)
  for (const state of states) mergeInterest(interest, shape, state.interest)
  return {
    ...(states[0] ?? emptyUser(shape)),
    interest,
    remembered: newest(
      states.map(({ remembered }) => remembered),
      bounds.remembered,
    ),
    waiting: newest(
      states.map(({ waiting }) => waiting),
      bounds.waiting,
    ),
    seen: SeenItems.of(mergeSeen(states.flatMap(({ seen }) => seen.items)).slice(0, bounds.seen)),
    applied: latestApplied(states),
  }
}

function newest(lists: readonly EventList[], most: number): EventList {
  const events = lists.flatMap((list) => list.events)
  return EventList.of(events.toSorted(newestFirst).slice(0, most))
}

function mergeSeen(items: readonly SeenItem[]): SeenItem[] {
  const merged = new Map<number, SeenItem>()
  for (const { itemHash, lastSeconds, kinds, times } of items) {
    const before = merged.get(itemHash)
    merged.set(itemHash, {
      itemHash,
      lastSeconds: Math.max(lastSeconds, before?.lastSeconds ?? 0),
      kinds: kinds | (before?.kinds ?? 0),
      times: Math.min(MOST_TIMES, times + (before?.times ?? 0)),
    })
  }
  return [...merged.values()].sort(lastSeenFirst)
}

function latestApplied(states: readonly UserState[]): Map<string, number> {
  const latest = new Map<string, number>()
  for (const [partition, offset] of states.flatMap(({ applied }) => [...applied])) {
    latest.set(partition, Math.max(offset, latest.get(partition) ?? 0))
  }
  return latest
}
