import { dot } from '../interest/vector.ts'
import { cutoffs } from './accuracy.ts'
import type { History } from './history-data.ts'
import type { Ranked } from './ranked.ts'
import type { Case } from './split.ts'

/** What the pages as a whole do: to the catalog, and to the sameness of what users see. */

/** What is known of the items that were shown. */
export interface Shown {
  /** float64[catalogSize]: events of each item in what was learned from. */
  readonly popularity: Float64Array
  /** Unit vectors by item number, where there is text. */
  readonly vectors: readonly (Float32Array | undefined)[]
  /** uint8[catalogSize]: 1 for the tenth of the catalog that appeared last. */
  readonly isNew: Uint8Array
}

/** Measures at each cutoff, by name:
 *  - coverage: share of the catalog that stands on any page;
 *  - gini: of the items' exposures, 0 all alike, 1 all on one item;
 *  - novelty: mean of −log₂ of an item's share of events (add-one smoothed), bits;
 *  - diversity: mean of 1 − cosine over the pairs of a page, where items have vectors;
 *  - new-items: share of the places taken by the tenth of the catalog that appeared last;
 *  - popularity-lift: mean popularity of what is shown over that of what the same users had. */
export function exposureOf(
  cases: readonly Case[],
  ranked: readonly Ranked[],
  shown: Shown,
): Record<string, number> {
  const measures: Record<string, number> = {}
  for (const k of cutoffs) {
    const pages = ranked.map(({ page }) => page.subarray(0, k))
    const exposures = new Float64Array(shown.popularity.length)
    for (const page of pages) for (const item of page) exposures[item]!++
    measures[`coverage@${k}`] = exposures.filter((count) => count > 0).length / exposures.length
    measures[`gini@${k}`] = giniOf(exposures)
    measures[`novelty@${k}`] = noveltyOf(pages, shown.popularity)
    measures[`popularity-lift@${k}`] = liftOf(cases, pages, shown.popularity)
    measures[`new-items@${k}`] = meanOverItems(pages, (item) => shown.isNew[item]!)
    const diversity = diversityOf(pages, shown.vectors)
    if (diversity !== undefined) measures[`diversity@${k}`] = diversity
  }
  return measures
}

function giniOf(exposures: Float64Array): number {
  const sorted = exposures.toSorted()
  const total = sorted.reduce((sum, count) => sum + count, 0)
  if (total === 0) return 0
  const n = sorted.length
  let weighted = 0
  for (let i = 0; i < n; i++) weighted += (2 * (i + 1) - n - 1) * sorted[i]!
  return weighted / (n * total)
}

function noveltyOf(pages: readonly Int32Array[], popularity: Float64Array): number {
  const total = popularity.reduce((sum, count) => sum + count, 0) + popularity.length
  return meanOverItems(pages, (item) => -Math.log2((popularity[item]! + 1) / total))
}

function liftOf(cases: readonly Case[], pages: readonly Int32Array[], popularity: Float64Array): number {
  const of = (item: number): number => popularity[item]!
  const had = meanOf(cases.map((asked) => meanOf(Array.from(asked.items, of))))
  return had > 0 ? meanOverItems(pages, of) / had : 0
}

function diversityOf(
  pages: readonly Int32Array[],
  vectors: readonly (Float32Array | undefined)[],
): number | undefined {
  let sum = 0
  let pairs = 0
  for (const page of pages) {
    const known = Array.from(page, (item) => vectors[item]).filter((vector) => vector !== undefined)
    known.forEach((vector, i) => {
      for (const other of known.slice(i + 1)) sum += 1 - dot(vector, other)
    })
    pairs += (known.length * (known.length - 1)) / 2
  }
  return pairs > 0 ? sum / pairs : undefined
}

function meanOverItems(pages: readonly Int32Array[], of: (item: number) => number): number {
  let sum = 0
  let count = 0
  for (const page of pages) {
    for (const item of page) sum += of(item)
    count += page.length
  }
  return count > 0 ? sum / count : 0
}

function meanOf(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
}

/** The tenth of the catalog whose first event came last; what has not come yet is the newest. */
export function newestTenth({ items, times, catalogSize }: History): Uint8Array {
  const first = new Float64Array(catalogSize).fill(Number.POSITIVE_INFINITY)
  items.forEach((item, p) => {
    first[item] = Math.min(first[item]!, times[p]!)
  })
  const newestFirst = Int32Array.from(first.keys()).sort((a, b) => {
    return first[a] === first[b] ? a - b : first[b]! > first[a]! ? 1 : -1
  })
  const isNew = new Uint8Array(catalogSize)
  for (const item of newestFirst.subarray(0, Math.ceil(catalogSize / 10))) isNew[item] = 1
  return isNew
}
