import { strongest } from '../ranking/strongest.ts'
import type { Occurrences, TimedSequences } from './sequences.ts'

/** Histories as they were, without a word on whose they were, to look a past up in. Linear in the events. */
export interface Trails {
  /** int32[events + histories]: the items of each history, oldest first, and END behind it. */
  readonly items: Int32Array
  /** Item i stands at `places[starts[i] … starts[i + 1])`, which rise: its newest events, MOST_PLACES at most. */
  readonly starts: Int32Array
  readonly places: Int32Array
}

export const END = -1

/** Of a blockbuster's events the newest tell what it leads to now, and bound what an answer costs. */
const MOST_PLACES = 500

export function trailsOf(
  { starts, items, times, catalogSize }: TimedSequences,
  { eventStarts, events, userOf }: Pick<Occurrences, 'eventStarts' | 'events' | 'userOf'>,
): Trails {
  // As many ENDs stand before an event as users.
  const placeOf = (event: number): number => event + userOf[event]!
  const trail = new Int32Array(items.length + starts.length - 1).fill(END)
  for (const [event, item] of items.entries()) trail[placeOf(event)] = item
  const kept: Int32Array[] = []
  const placeStarts = new Int32Array(catalogSize + 1)
  for (let item = 0; item < catalogSize; item++) {
    const own = events.subarray(eventStarts[item]!, eventStarts[item + 1]!)
    kept.push(strongest(own, times, MOST_PLACES).map(placeOf))
    placeStarts[item + 1] = placeStarts[item]! + kept[item]!.length
  }
  const places = new Int32Array(placeStarts[catalogSize]!)
  for (const [item, own] of kept.entries()) places.set(own, placeStarts[item])
  return { items: trail, starts: placeStarts, places }
}
