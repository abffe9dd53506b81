import type { Sequences } from '../../../libs/learning/sequences.ts'

/** Sequences from lists of item numbers, one list a user. */
export function sequencesOf(lists: readonly (readonly number[])[], catalogSize: number): Sequences {
  const starts = new Int32Array(lists.length + 1)
  lists.forEach((list, u) => {
    starts[u + 1] = starts[u]! + list.length
  })
  return { starts, items: Int32Array.from(lists.flat()), catalogSize }
}
