/** What users did, as item numbers: each user's events stand together, oldest first.
 *  User u has `items[starts[u] … starts[u + 1])`. */
export interface Sequences {
  /** int32[users + 1] */
  readonly starts: Int32Array
  /** int32[events], numbers below `catalogSize` */
  readonly items: Int32Array
  readonly catalogSize: number
}

export interface TimedSequences extends Sequences {
  /** float64[events], ms since the epoch */
  readonly times: Float64Array
}

/** For each item where it occurs: as indices of events, and as users who had it at least once. */
export interface Occurrences {
  /** Item i occurs at `events[eventStarts[i] … eventStarts[i + 1])`. */
  readonly eventStarts: Int32Array
  readonly events: Int32Array
  /** Users of item i, each once: `users[userStarts[i] … userStarts[i + 1])`. */
  readonly userStarts: Int32Array
  readonly users: Int32Array
  /** int32[events]: the user of each event. */
  readonly userOf: Int32Array
  /** Items of user u, each once, the `mostDistinct` newest: `distinct[distinctStarts[u] … distinctStarts[u + 1])`. */
  readonly distinctStarts: Int32Array
  readonly distinct: Int32Array
}

export function usersIn(sequences: Sequences): number {
  return sequences.starts.length - 1
}

/** Turns sequences around. `mostDistinct` bounds what one user adds to the pairs of items: a bot's thousands of items
 *  would otherwise count as millions of pairs. */
export function occurrencesIn(sequences: Sequences, mostDistinct: number): Occurrences {
  const { starts, items, catalogSize } = sequences
  const users = usersIn(sequences)
  const userOf = new Int32Array(items.length)
  const distinctStarts = new Int32Array(users + 1)
  const distinct = new Int32Array(items.length)
  const lastUser = new Int32Array(catalogSize).fill(-1)
  let length = 0
  for (let u = 0; u < users; u++) {
    userOf.fill(u, starts[u], starts[u + 1])
    for (let p = starts[u + 1]! - 1; p >= starts[u]!; p--) {
      const item = items[p]!
      if (lastUser[item] === u || length - distinctStarts[u]! >= mostDistinct) continue
      lastUser[item] = u
      distinct[length++] = item
    }
    distinctStarts[u + 1] = length
  }
  const byEvent = grouped(items, items.length, catalogSize)
  const byUser = grouped(distinct, length, catalogSize)
  const owners = new Int32Array(length)
  for (let u = 0; u < users; u++) owners.fill(u, distinctStarts[u], distinctStarts[u + 1])
  return {
    eventStarts: byEvent.starts,
    events: byEvent.members,
    userStarts: byUser.starts,
    users: byUser.members.map((place) => owners[place]!),
    userOf,
    distinctStarts,
    distinct: distinct.subarray(0, length),
  }
}

/** Counting sort of the places 0 … length − 1 by their key; within a key in rising order. */
function grouped(
  keys: Int32Array,
  length: number,
  groups: number,
): { starts: Int32Array; members: Int32Array } {
  const starts = new Int32Array(groups + 1)
  for (let p = 0; p < length; p++) starts[keys[p]! + 1]!++
  for (let g = 0; g < groups; g++) starts[g + 1]! += starts[g]!
  const next = starts.slice()
  const members = new Int32Array(length)
  for (let p = 0; p < length; p++) members[next[keys[p]!]!++] = p
  return { starts, members }
}
