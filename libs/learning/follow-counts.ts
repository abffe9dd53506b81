import { strongest } from '../ranking/strongest.ts'
import { type FollowKernel, followKernel } from './follow-kernel.ts'
import { type ScratchRow, scratchRow } from './scratch-row.ts'
import { type Occurrences, occurrencesIn, type Sequences } from './sequences.ts'

/** A symmetric matrix over items: whole while the catalog is small, by its strongest pairs when it is not. */
export type PairSums =
  /** float32[catalogSize²] */
  | { readonly kind: 'dense'; readonly sums: Float32Array }
  /** The lower triangle: item i stands beside the items `columns[starts[i] … starts[i + 1])`, all of them up to i. */
  | {
      readonly kind: 'sparse'
      readonly starts: Int32Array
      readonly columns: Int32Array
      readonly values: Float32Array
    }

/** The counts from which a table is solved, for one decay. Their size is linear in the catalog. */
export interface FollowCounts {
  readonly catalogSize: number
  /** G = XᵀX. */
  readonly together: PairSums
  /** float64[catalogSize]: the diagonal of G. */
  readonly diagonal: Float64Array
  /** The K sources of each target j that speak for it most, with R_Kj. */
  readonly sources: readonly Int32Array[]
  readonly strengths: readonly Float64Array[]
}

export interface FollowOptions {
  /** δ: an event k places back counts e^(−k/δ). */
  readonly decay: number
  /** Without pasts nothing but whole histories is counted: EASE's item–item regression (Steck, WWW 2019). */
  readonly counted: 'in-order' | 'together'
  /** How much a row with the whole history counts beside the rows of decayed pasts (whose newest event counts 1). */
  readonly wholeHistory: number
  /** K: sources kept for a target. */
  readonly neighbours: number
}

/** One user adds the pairs among so many of their items to the whole-history rows. */
const MOST_DISTINCT = 1_000
/** Bound of all of G: 256 MB. A small catalog fits whole; a large one keeps the strongest pairs of each item. */
const MOST_PAIRS = 32_000_000
const FEWEST_PAIRS_OF_AN_ITEM = 500

/** Counts decayed pasts against what followed, and whole histories against themselves.
 *  SLIST: Choi, Kim, Lee, Shim, Lee, "Session-aware Linear Item-Item Models", WWW 2021. */
export function countFollowing(sequences: Sequences, options: FollowOptions): FollowCounts {
  const { catalogSize } = sequences
  const kernel = followKernel(options.decay)
  const occurrences = occurrencesIn(sequences, MOST_DISTINCT)
  const scratch = scratchRow(catalogSize)
  const ground = { ...options, sequences, occurrences, kernel, scratch }
  const { together, diagonal } = countTogether(ground)
  const sources: Int32Array[] = []
  const strengths: Float64Array[] = []
  const merits = new Float64Array(catalogSize)
  for (let target = 0; target < catalogSize; target++) {
    gatherBefore(ground, target)
    const taken = scratch.taken()
    // Not the most frequent sources but those that a target depends on: R_ij is divided by the length of x_i.
    for (const source of taken) merits[source] = scratch.sums[source]! / Math.sqrt(diagonal[source]! + 1)
    const kept = strongest(taken, merits, options.neighbours)
    sources.push(kept)
    strengths.push(Float64Array.from(kept, (source) => scratch.sums[source]!))
    scratch.clear()
  }
  return { catalogSize, together, diagonal, sources, strengths }
}

function countTogether(ground: Ground): Pick<FollowCounts, 'together' | 'diagonal'> {
  const { scratch, sequences } = ground
  const { catalogSize } = sequences
  const dense =
    catalogSize * catalogSize <= MOST_PAIRS ? new Float32Array(catalogSize * catalogSize) : undefined
  const mostOfItem = Math.max(FEWEST_PAIRS_OF_AN_ITEM, Math.floor(MOST_PAIRS / catalogSize))
  const diagonal = new Float64Array(catalogSize)
  const columns: Int32Array[] = []
  const values: Float32Array[] = []
  for (let item = 0; item < catalogSize; item++) {
    gatherTogether(ground, item)
    diagonal[item] = scratch.sums[item]!
    if (dense === undefined) {
      const kept = strongest(scratch.taken(), scratch.sums, mostOfItem)
      columns.push(kept)
      values.push(Float32Array.from(kept, (other) => scratch.sums[other]!))
    } else for (const other of scratch.taken()) dense[item * catalogSize + other] = scratch.sums[other]!
    scratch.clear()
  }
  return { together: dense ? { kind: 'dense', sums: dense } : lowerTriangle(columns, values), diagonal }
}

/** Each pair once, also one that is among the strongest of one of its two items only.
 *  @param columns by item, rising */
function lowerTriangle(columns: readonly Int32Array[], values: readonly Float32Array[]): PairSums {
  const starts = new Int32Array(columns.length + 1)
  const each = (take: (row: number, column: number, value: number) => void): void => {
    for (const [item, own] of columns.entries()) {
      for (const [c, other] of own.entries()) {
        if (other <= item) take(item, other, values[item]![c]!)
        else if (!has(columns[other]!, item)) take(other, item, values[item]![c]!)
      }
    }
  }
  each((row) => {
    starts[row + 1]!++
  })
  for (let i = 0; i < columns.length; i++) starts[i + 1]! += starts[i]!
  const next = starts.slice()
  const triangle = {
    kind: 'sparse' as const,
    starts,
    columns: new Int32Array(starts.at(-1)!),
    values: new Float32Array(starts.at(-1)!),
  }
  each((row, column, value) => {
    triangle.columns[next[row]!] = column
    triangle.values[next[row]!++] = value
  })
  return triangle
}

/** Whether a rising list holds a number. */
function has(list: Int32Array, wanted: number): boolean {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return list[low] === wanted
}

interface Ground {
  readonly counted: FollowOptions['counted']
  readonly sequences: Sequences
  readonly occurrences: Occurrences
  readonly kernel: FollowKernel
  readonly scratch: ScratchRow
  readonly wholeHistory: number
}

/** Row `item` of G into the scratch row. */
function gatherTogether(ground: Ground, item: number): void {
  const { occurrences, scratch, wholeHistory } = ground
  const { userStarts, users, distinctStarts, distinct } = occurrences
  if (ground.counted === 'in-order') gatherPasts(ground, item)
  for (let u = userStarts[item]!; u < userStarts[item + 1]!; u++) {
    const user = users[u]!
    for (let d = distinctStarts[user]!; d < distinctStarts[user + 1]!; d++) {
      scratch.add(distinct[d]!, wholeHistory)
    }
  }
}

function gatherPasts({ sequences, occurrences, kernel, scratch }: Ground, item: number): void {
  const { starts, items } = sequences
  const { eventStarts, events, userOf } = occurrences
  const { fading, tail, window } = kernel
  for (let e = eventStarts[item]!; e < eventStarts[item + 1]!; e++) {
    const place = events[e]!
    const user = userOf[place]!
    const last = starts[user + 1]! - 1
    const from = Math.max(starts[user]!, place - window)
    const here = tail[Math.min(window, last - place)]!
    for (let p = from; p <= place; p++) scratch.add(items[p]!, fading[place - p]! * here)
    const to = Math.min(last, place + window)
    for (let p = place + 1; p <= to; p++) {
      scratch.add(items[p]!, fading[p - place]! * tail[Math.min(window, last - p)]!)
    }
  }
}

/** Column `target` of R into the scratch row. An item stands in its own column only where it was repeated. */
function gatherBefore(ground: Ground, target: number): void {
  const { occurrences, scratch, wholeHistory } = ground
  const { userStarts, users, distinctStarts, distinct } = occurrences
  if (ground.counted === 'in-order') gatherFollowed(ground, target)
  for (let u = userStarts[target]!; u < userStarts[target + 1]!; u++) {
    const user = users[u]!
    for (let d = distinctStarts[user]!; d < distinctStarts[user + 1]!; d++) {
      if (distinct[d] !== target) scratch.add(distinct[d]!, wholeHistory)
    }
  }
}

function gatherFollowed({ sequences, occurrences, kernel, scratch }: Ground, target: number): void {
  const { starts, items } = sequences
  const { eventStarts, events, userOf } = occurrences
  const { following, window } = kernel
  for (let e = eventStarts[target]!; e < eventStarts[target + 1]!; e++) {
    const place = events[e]!
    const from = Math.max(starts[userOf[place]!]!, place - window)
    for (let p = from; p < place; p++) scratch.add(items[p]!, following[place - p]!)
  }
}
