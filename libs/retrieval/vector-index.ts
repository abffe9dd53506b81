import { setImmediate } from 'node:timers/promises'
import usearch, { type Index, type Matches } from 'usearch'
import { dot } from '../interest/vector.ts'
import { bestFirst, type Scored } from '../ranking/rank.ts'
import { vectorRows } from './vector-rows.ts'

/** Finds the items whose vectors have the largest dot product with a query, in one vector space. */
export interface VectorIndex {
  readonly size: number
  put(itemId: string, vector: Float32Array): void
  remove(itemId: string): void
  /** float32[dimension], valid until the next change. */
  vectorOf(itemId: string): Float32Array | undefined
  /** The `count` best, best first; fewer when there are fewer. `query`: float32[dimension], of any length. */
  search(query: Float32Array, count: number): Scored[]
  /** Resolves when the graph has caught up with the items. */
  settled(): Promise<void>
}

/** Up to here every search is exact: it takes about 1 ms on one core at 384 dimensions, and is never wrong.
 *  Above, a graph (HNSW; Malkov and Yashunin, 2018) answers. */
export const EXACT_UP_TO = 20_000

/** Vectors inserted into the graph at one go, about 5 ms: the event loop breathes in between. */
const SLICE = 10
/** With more items than this still outside the graph, an exact search is the faster one. */
const MOST_OUTSIDE_GRAPH = 5_000
/** Neighbours per node, and how widely a search and an insertion look around. */
const GRAPH = { connectivity: 16, expansion_add: 128, expansion_search: 128 }

/** The rows are always complete, the graph follows behind them; items not in it yet are searched exactly. */
export function vectorIndex(dimension: number, exactUpTo = EXACT_UP_TO): VectorIndex {
  const rows = vectorRows(dimension)
  let graph: Index | undefined
  const outside = new Set<number>()
  let catchingUp: Promise<void> | undefined

  function newGraph(): Index {
    return new usearch.Index({
      ...GRAPH,
      dimensions: dimension,
      metric: usearch.MetricKind.IP,
      quantization: usearch.ScalarKind.F32,
      multi: false,
    })
  }

  function leaveGraph(row: number): void {
    outside.delete(row)
    if (graph?.contains(BigInt(row))) graph.remove(BigInt(row))
  }

  /** Starts once the catalog is too large for exact search, and again whenever something changed. */
  function follow(): void {
    if (rows.size > exactUpTo) catchingUp ??= catchUp().finally(() => (catchingUp = undefined))
  }

  async function catchUp(): Promise<void> {
    if (graph === undefined) {
      graph = newGraph()
      for (let row = 0; row < rows.height; row++) if (rows.itemAt(row) !== undefined) outside.add(row)
    }
    while (outside.size > 0) {
      for (const row of [...outside].slice(0, SLICE)) {
        leaveGraph(row)
        graph.add(BigInt(row), rows.vectorAt(row), 1)
      }
      await setImmediate()
    }
  }

  function exact(query: Float32Array, count: number): Scored[] {
    // Free rows are zero and would rank among the rest: ask for as many more.
    const most = Math.min(rows.height, count + rows.height - rows.size)
    if (most === 0) return []
    return scored(
      usearch.exactSearch(rows.block(), query, dimension, most, usearch.MetricKind.IP, 1) as Matches,
    )
  }

  function approximate(query: Float32Array, count: number): Scored[] {
    // What changed since the graph took it in stands there with its old vector.
    const inGraph = scored(graph!.search(query, count + outside.size, 1))
    const found = inGraph.filter(({ itemId }) => !outside.has(rows.rowOf(itemId)!))
    for (const row of outside) {
      found.push({ itemId: rows.itemAt(row)!, score: dot(query, rows.vectorAt(row)) })
    }
    return found
  }

  /** The library's distance is 1 − dot product, so that less is nearer. */
  function scored(matches: Matches): Scored[] {
    const found: Scored[] = []
    for (const [place, key] of matches.keys.entries()) {
      const itemId = rows.itemAt(Number(key))
      if (itemId !== undefined) found.push({ itemId, score: 1 - matches.distances[place]! })
    }
    return found
  }

  return {
    get size() {
      return rows.size
    },
    put(itemId, vector) {
      const row = rows.put(itemId, vector)
      if (graph !== undefined) outside.add(row)
      follow()
    },
    remove(itemId) {
      const row = rows.remove(itemId)
      if (row !== undefined) leaveGraph(row)
    },
    vectorOf(itemId) {
      const row = rows.rowOf(itemId)
      return row === undefined ? undefined : rows.vectorAt(row)
    },
    search(query, count) {
      const isExact = graph === undefined || outside.size > MOST_OUTSIDE_GRAPH
      const found = isExact ? exact(query, count) : approximate(query, count)
      return found.sort(bestFirst).slice(0, count)
    },
    settled: async () => catchingUp,
  }
}
