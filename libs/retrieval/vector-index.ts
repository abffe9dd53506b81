import { setImmediate } from 'node:timers/promises'
import usearch, { type Index } from 'usearch'
import { bestFirst, type Scored } from '../ranking/rank.ts'
import { vectorRows } from './vector-rows.ts'

/** Finds the items whose vectors have the largest dot product with a query, in one vector space. */
export interface ItemIndex {
  readonly size: number
  /** A search asks somewhere else: once for an answer must do. */
  readonly isFar: boolean
  /** Items that its graph has not taken in as they were put last: they are searched exactly. */
  readonly outsideGraph: number
  put(itemId: string, vector: Float32Array): void
  remove(itemId: string): void
  /** float32[dimension], valid until the next change. */
  vectorOf(itemId: string): Float32Array | undefined
  /** query · v; undefined for an unknown item. */
  scoreOf(query: Float32Array, itemId: string): number | undefined
  /** The `count` best, best first; fewer when there are fewer. `query`: float32[dimension], of any length. */
  search(query: Float32Array, count: number): Scored[] | Promise<Scored[]>
}

/** One in this process. */
export interface VectorIndex extends ItemIndex {
  search(query: Float32Array, count: number): Scored[]
  /** Lets the graph catch up with what was put, in slices. Whoever puts many calls it when all are there: loading and
   *  insertion would take turns, and nothing be ready for longer. */
  follow(): void
  /** Resolves when the graph has caught up with the items. */
  settled(): Promise<void>
}

/** Up to here every search is exact: it takes about 0.3 ms on one core at 384 dimensions, and is never wrong.
 *  Above, a graph (HNSW; Malkov and Yashunin, 2018) answers. */
export const EXACT_UP_TO = 5_000

/** Vectors inserted into the graph at one go, 2 to 8 ms: the event loop breathes in between. */
const SLICE = 25
/** An item outside the graph costs a search as much as so many of an exact one. */
export const OUTSIDE_COSTS = 8
/** An insertion among 100,000 takes as long as so many items of an exact search. */
const INSERTION_COSTS = 2_000
/** Neighbours per node. Of a million text vectors a search finds 98.1 % of the 10 best with these, 94.2 % with half as many,
 *  in the same time, as it does not lose its way between clusters. */
const CONNECTIVITY = 32
/** How widely an insertion and a search look around among 100,000: a search then finds 99.6 % of the 10 best. */
const [INSERTION_WIDTH, SEARCH_WIDTH] = [128, 160]

/** What to multiply the widths by where there are more: with the cube root a tenfold catalog is looked at twice as
 *  widely, and of a million 99.4 % are found. */
function reachIn(items: number): number {
  return Math.max(1, Math.cbrt(items / 100_000))
}

/** Rounding to int8 may have put some of the best behind so many others. */
export const SPARE = 16

/** The rows are always complete, the graph follows behind them; items not in it yet are searched exactly. A search spends as
 *  much on bringing the graph forward as those cost it: however many ask, there is an end to searches that take long.
 *
 *  The graph's own vectors are int8: a quarter of the memory, and a search four times as fast as with float32. It only
 *  proposes; the scores are those of the rows. */
export function vectorIndex(dimension: number, exactUpTo = EXACT_UP_TO): VectorIndex {
  const rows = vectorRows(dimension)
  let graph: Index | undefined
  const outside = new Set<number>()
  let catchingUp: Promise<void> | undefined

  function newGraph(): Index {
    return new usearch.Index({
      dimensions: dimension,
      connectivity: CONNECTIVITY,
      // Of the size at which it is begun: a catalog that grows manifold is found as well again after a restart.
      expansion_add: Math.round(INSERTION_WIDTH * reachIn(rows.size)),
      expansion_search: SEARCH_WIDTH,
      metric: usearch.MetricKind.IP,
      quantization: usearch.ScalarKind.I8,
      multi: false,
    })
  }

  function leaveGraph(row: number): void {
    outside.delete(row)
    if (graph?.contains(BigInt(row))) graph.remove(BigInt(row))
  }

  /** Nothing happens before the catalog is too large for exact search. */
  function follow(): void {
    if (rows.size > exactUpTo) catchingUp ??= catchUp().finally(() => (catchingUp = undefined))
  }

  async function catchUp(): Promise<void> {
    if (graph === undefined) {
      graph = newGraph()
      for (let row = 0; row < rows.height; row++) if (rows.itemAt(row) !== undefined) outside.add(row)
    }
    while (outside.size > 0) {
      takeIn(graph, SLICE)
      await setImmediate()
    }
  }

  function takeIn(into: Index, most: number): void {
    let left = most
    for (const row of outside) {
      if (left-- <= 0) break
      leaveGraph(row)
      into.add(BigInt(row), rows.vectorAt(row), 1)
    }
  }

  function approximate(query: Float32Array, count: number): Scored[] {
    // What changed since the graph took it in stands there with its old vector.
    const wanted = count + SPARE + outside.size
    // A search looks around at least as widely as it is asked for many.
    const width = Math.round(SEARCH_WIDTH * reachIn(rows.size))
    const { keys } = graph!.search(query, Math.max(wanted, width), 1)
    const inGraph = keys.subarray(0, wanted).filter((key) => !outside.has(Number(key)))
    return [...rows.scored(inGraph, query), ...rows.scored(outside, query)]
  }

  return {
    isFar: false,
    get size() {
      return rows.size
    },
    get outsideGraph() {
      return outside.size
    },
    put(itemId, vector) {
      const row = rows.put(itemId, vector)
      if (graph !== undefined) outside.add(row)
    },
    remove(itemId) {
      const row = rows.remove(itemId)
      if (row !== undefined) leaveGraph(row)
    },
    vectorOf: rows.vectorOf,
    scoreOf: rows.scoreOf,
    search(query, count) {
      const outsideCosts = outside.size * OUTSIDE_COSTS
      const isExact = graph === undefined || outsideCosts > rows.size
      const found = isExact ? rows.searchAll(query, count) : approximate(query, count)
      if (graph !== undefined) {
        const insertions = Math.min(outsideCosts, rows.size) / (INSERTION_COSTS * reachIn(rows.size))
        takeIn(graph, Math.floor(insertions))
      }
      return found.sort(bestFirst).slice(0, count)
    },
    follow,
    async settled() {
      follow()
      await catchingUp
    },
  }
}
