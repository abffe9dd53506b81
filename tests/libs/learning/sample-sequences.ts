import type { TimedSequences } from '../../../libs/learning/sequences.ts'

const HOUR_MS = 3_600_000

/** Sequences from lists of item numbers, one list a user, an hour between two events. */
export function sequencesOf(lists: readonly (readonly number[])[], catalogSize: number): TimedSequences {
  const starts = new Int32Array(lists.length + 1)
  lists.forEach((list, u) => {
    starts[u + 1] = starts[u]! + list.length
  })
  const items = Int32Array.from(lists.flat())
  return { starts, items, times: Float64Array.from(items.keys(), (at) => at * HOUR_MS), catalogSize }
}
