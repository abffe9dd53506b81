import { setImmediate } from 'node:timers/promises'
import type { Item } from '../../libs/event/item.ts'
import type { VectorSpace } from '../../libs/interest/interest-shape.ts'
import type { ItemVectors } from '../../libs/interest/interest-state.ts'
import { itemHash } from '../../libs/interest/seen-items.ts'
import type { FilteredItem } from '../../libs/ranking/filters.ts'
import { catalogMoments } from '../../libs/retrieval/catalog-moments.ts'
import type { ItemIndex } from '../../libs/retrieval/vector-index.ts'
import type { CatalogStore } from '../../libs/store/catalog-store.ts'
import type { NearestStore } from '../../libs/store/nearest-store.ts'
import { ownIndexes, storedIndexes } from './catalog-indexes.ts'

/** The catalog as the scorer holds it in memory: items, by category and tag, and an index of their vectors in each space. */
export interface CatalogView {
  readonly size: number
  /** Another number after each change. */
  readonly version: number
  /** Items that a graph has not taken in yet, of the space that has most of them. */
  readonly outsideGraph: number
  itemOf(itemId: string): Item | undefined
  entryOf(itemId: string): FilteredItem | undefined
  vectorOf(space: string, itemId: string): Float32Array | undefined
  vectorsOf(itemId: string): ItemVectors | undefined
  items(): IterableIterator<Item>
  inCategory(category: string): ReadonlySet<string>
  withTag(tag: string): ReadonlySet<string>
  /** Item ids by category, in the order of the categories' names. */
  categories(): ReadonlyMap<string, readonly string[]>
  /** Ids of the items that appeared last, newest first. */
  newest(count: number): readonly string[]
  indexOf(space: string): ItemIndex
  /** Σ_space query · v; 0 for an unknown item. */
  scoreOf(queries: ItemVectors, itemId: string): number
  /** Mean and standard deviation of `scoreOf` over the whole catalog; for some seconds after many items have come, over a
   *  part of it, which says nearly the same. */
  spreadOf(queries: ItemVectors): { mean: number; deviation: number }
  /** Takes in what changed in the store since the last call. Returns how many items that were. */
  followChanges(): Promise<number>
}

/** Of more, what they were read as stays in the process's memory when it has long been taken in: 900 bytes an item at 500. */
const CHANGES_AT_ONCE = 100
/** Items that are counted in the moments before a change is said to be taken in: some 0.1 s. */
const COUNTED_AT_ONCE = 2_000
/** Then so many at a time, some 3 ms, between which answers have their turn. */
const COUNTED_IN_A_SLICE = 50
const none: ReadonlySet<string> = new Set()

/** @param nearest where the store keeps the index; undefined: it is kept here */
export function catalogView(
  store: CatalogStore,
  spaces: readonly VectorSpace[],
  nearest?: NearestStore,
): CatalogView {
  /** In the order of first appearance. */
  const entries = new Map<string, FilteredItem>()
  const { indexes, ...following } = nearest ? storedIndexes(spaces, nearest) : ownIndexes(spaces)
  const moments = catalogMoments(spaces)
  /** Items that are not in the moments yet. */
  const uncounted = new Set<string>()
  let counting: Promise<void> | undefined
  const byCategory = new Map<string, Set<string>>()
  const byTag = new Map<string, Set<string>>()
  let version = 0
  let cursor = 0

  function vectorsOf(itemId: string): ItemVectors | undefined {
    if (!entries.has(itemId)) return undefined
    const vectors = new Map<string, Float32Array>()
    for (const [space, index] of indexes) {
      const vector = index.vectorOf(itemId)
      if (vector !== undefined) vectors.set(space, vector)
    }
    return vectors
  }

  function put(itemId: string, item: Item | undefined, vectors: ItemVectors): void {
    const before = entries.get(itemId)
    if (before !== undefined) {
      if (!uncounted.delete(itemId)) moments.remove(vectorsOf(itemId)!)
      unfile(byCategory, before.item.category, itemId)
      for (const tag of before.item.tags) unfile(byTag, tag, itemId)
    }
    if (item === undefined) entries.delete(itemId)
    else {
      entries.set(itemId, { item, hash: before?.hash ?? itemHash(itemId) })
      file(byCategory, item.category, itemId)
      for (const tag of item.tags) file(byTag, tag, itemId)
    }
    for (const [space, index] of indexes) {
      const vector = item && vectors.get(space)
      if (vector === undefined) index.remove(itemId)
      else index.put(itemId, vector)
    }
    if (item !== undefined) uncounted.add(itemId)
    version++
  }

  function countSome(most: number): void {
    let left = most
    for (const itemId of uncounted) {
      if (left-- === 0) break
      uncounted.delete(itemId)
      moments.add(vectorsOf(itemId)!)
    }
  }

  async function countOthers(): Promise<void> {
    while (uncounted.size > 0) {
      await setImmediate()
      countSome(COUNTED_IN_A_SLICE)
    }
  }

  /** What is computed from all items, once for each version that somebody asks for. */
  function perVersion<T>(compute: () => T): () => T {
    let kept: { version: number; value: T } | undefined
    return () => {
      if (kept?.version !== version) kept = { version, value: compute() }
      return kept.value
    }
  }
  const sortedCategories = perVersion(() => {
    return new Map([...byCategory.keys()].sort().map((name) => [name, [...byCategory.get(name)!]]))
  })
  const byAge = perVersion(() => [...entries.keys()].reverse())

  return {
    get size() {
      return entries.size
    },
    get version() {
      return version
    },
    get outsideGraph() {
      return Math.max(...Array.from(indexes.values(), (index) => index.outsideGraph))
    },
    itemOf: (itemId) => entries.get(itemId)?.item,
    entryOf: (itemId) => entries.get(itemId),
    vectorOf: (space, itemId) => indexes.get(space)?.vectorOf(itemId),
    vectorsOf,
    *items() {
      for (const { item } of entries.values()) yield item
    },
    inCategory: (category) => byCategory.get(category) ?? none,
    withTag: (tag) => byTag.get(tag) ?? none,
    categories: sortedCategories,
    newest: (count) => byAge().slice(0, count),
    indexOf(space) {
      const index = indexes.get(space)
      if (index === undefined) throw new Error(`there is no vector space ${space}`)
      return index
    },
    scoreOf(queries, itemId) {
      let score = 0
      for (const [space, query] of queries) {
        score += indexes.get(space)?.scoreOf(query, itemId) ?? 0
      }
      return score
    },
    spreadOf: moments.spreadOf,
    async followChanges() {
      let changed = 0
      for (;;) {
        const changes = await store.itemChanges(cursor, CHANGES_AT_ONCE)
        const stored = await store.readItems(changes.itemIds)
        for (const [index, itemId] of changes.itemIds.entries()) {
          put(itemId, stored[index]?.item, stored[index]?.vectors ?? new Map())
        }
        cursor = changes.cursor
        changed += changes.itemIds.length
        await following.follow(changes)
        if (changes.itemIds.length < CHANGES_AT_ONCE) break
      }
      following.allTaken()
      countSome(COUNTED_AT_ONCE)
      counting ??= countOthers().finally(() => (counting = undefined))
      return changed
    },
  }
}

function file(sets: Map<string, Set<string>>, name: string, itemId: string): void {
  const set = sets.get(name)
  if (set === undefined) sets.set(name, new Set([itemId]))
  else set.add(itemId)
}

function unfile(sets: Map<string, Set<string>>, name: string, itemId: string): void {
  const set = sets.get(name)
  set?.delete(itemId)
  if (set?.size === 0) sets.delete(name)
}
