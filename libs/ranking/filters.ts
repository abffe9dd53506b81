import { z } from 'zod'
import type { ShownPage } from '../event/impression.ts'
import type { Item } from '../event/item.ts'
import { type SeenItem, seenKind } from '../interest/seen-items.ts'
import type { EpochMs } from '../interest/time.ts'
import { type Circumstances, itemConditionSchema, itemTest, listOf } from './conditions.ts'

/** Filters decide what may be on a page at all. They are asked while candidates are retrieved, so that a narrow filter
 *  still fills a page. */

const ids = z.array(z.string().min(1).max(256)).max(10_000)

/** Of what the user has dealt with: nothing is left out, all of it, what was bought, or what was within a time. */
export const seenRuleSchema = z.union(
  [z.enum(['off', 'ever', 'purchased']), z.strictObject({ withinSeconds: z.number().positive() })],
  { error: 'is none of "off", "ever", "purchased", and {"withinSeconds": a number above 0}' },
)

/** What a request may ask for: it narrows the scenario's filters, and chooses what counts as seen. */
export const requestFiltersSchema = itemConditionSchema.extend({
  include: ids.min(1).optional(),
  exclude: ids.optional(),
  seen: seenRuleSchema.optional(),
})

export const filtersSchema = requestFiltersSchema.extend({
  available: z.enum(['only', 'any']).default('only'),
  seen: seenRuleSchema.default('ever'),
  /** Leaves out what the user was shown so often, on the pages of theirs that are kept, and did nothing with. */
  ignored: z.strictObject({ times: z.number().int().min(1).max(20) }).optional(),
})

export type SeenRule = z.infer<typeof seenRuleSchema>
export type RequestFilters = z.infer<typeof requestFiltersSchema>
export type Filters = z.infer<typeof filtersSchema>

/** An item as filters look at it. */
export interface FilteredItem {
  readonly item: Item
  /** See `itemHash`. */
  readonly hash: number
}

/** What filters must be able to ask of the catalog. */
export interface FilterCatalog {
  entryOf(itemId: string): FilteredItem | undefined
  inCategory(category: string): ReadonlySet<string>
  withTag(tag: string): ReadonlySet<string>
}

export interface Admission {
  readonly admits: (itemId: string) => boolean
  /** The filter that keeps the item out. */
  refusalOf(itemId: string): string | undefined
  /** Items outside this set are certainly not admitted; undefined when the filters name no set smaller than the catalog. */
  readonly within: ReadonlySet<string> | undefined
}

export interface Viewing {
  readonly seen: readonly SeenItem[]
  /** What the user was shown lately. */
  readonly shown: readonly ShownPage[]
  readonly circumstances: Circumstances
  readonly nowMs: EpochMs
}

interface Check {
  readonly name: string
  passes(entry: FilteredItem): boolean
}

export function admission(
  filters: Filters,
  asked: RequestFilters,
  catalog: FilterCatalog,
  viewing: Viewing,
): Admission {
  const checks: Check[] = []
  if (filters.available === 'only') {
    checks.push({ name: 'available', passes: ({ item }) => item.available })
  }
  for (const each of [filters, asked]) checks.push(...narrowing(each, viewing.circumstances))
  checks.push(...unseen(asked.seen ?? filters.seen, viewing))
  if (filters.ignored !== undefined) checks.push(notIgnored(filters.ignored.times, viewing))
  const refusalOf = (itemId: string) => {
    const entry = catalog.entryOf(itemId)
    if (entry === undefined) return 'unknown'
    for (const check of checks) if (!check.passes(entry)) return check.name
    return undefined
  }
  return {
    admits: (itemId) => refusalOf(itemId) === undefined,
    refusalOf,
    within: smallestSet([filters, asked], catalog),
  }
}

function narrowing(filters: RequestFilters, circumstances: Circumstances): Check[] {
  const checks: Check[] = []
  const { include, exclude, category, tags, attributes } = filters
  if (include !== undefined) {
    const included = new Set(include)
    checks.push({ name: 'include', passes: ({ item }) => included.has(item.itemId) })
  }
  if (exclude !== undefined && exclude.length > 0) {
    const excluded = new Set(exclude)
    checks.push({ name: 'exclude', passes: ({ item }) => !excluded.has(item.itemId) })
  }
  for (const [name, condition] of Object.entries({ category, tags, attributes })) {
    if (condition === undefined) continue
    const holds = itemTest({ [name]: condition }, circumstances)
    checks.push({ name, passes: ({ item }) => holds(item) })
  }
  return checks
}

function unseen(rule: SeenRule, { seen, nowMs }: Viewing): Check[] {
  if (rule === 'off' || seen.length === 0) return []
  const counts = (item: SeenItem) => {
    if (rule === 'ever') return true
    if (rule === 'purchased') return (item.kinds & seenKind.purchased) !== 0
    return item.lastSeconds * 1_000 > nowMs - rule.withinSeconds * 1_000
  }
  const hashes = new Set<number>()
  for (const item of seen) if (counts(item)) hashes.add(item.itemHash)
  return [{ name: 'seen', passes: ({ hash }) => !hashes.has(hash) }]
}

/** Counts the pages since the user last dealt with the item, if ever. When that was is known to the second: a page of that
 *  very second is taken to be the one that they found it on. */
function notIgnored(times: number, { seen, shown }: Viewing): Check {
  const dealtWith = new Map(seen.map((item) => [item.itemHash, item.lastSeconds]))
  const sinceMs = (itemHash: number) => ((dealtWith.get(itemHash) ?? -1) + 1) * 1_000
  const counts = new Map<number, number>()
  for (const { shownAtMs, items } of shown) {
    for (const { itemHash } of items) {
      if (shownAtMs >= sinceMs(itemHash)) counts.set(itemHash, (counts.get(itemHash) ?? 0) + 1)
    }
  }
  return { name: 'ignored', passes: ({ hash }) => (counts.get(hash) ?? 0) < times }
}

/** Larger sets than this are no shorter a way than the index. */
const LARGEST_SET = 5_000

function smallestSet(
  filters: readonly RequestFilters[],
  catalog: FilterCatalog,
): ReadonlySet<string> | undefined {
  const sets: ReadonlySet<string>[] = []
  for (const { include, category, tags } of filters) {
    if (include !== undefined) sets.push(new Set(include))
    if (category !== undefined) sets.push(...union(listOf(category).map(catalog.inCategory)))
    if (tags?.any !== undefined) sets.push(...union(tags.any.map(catalog.withTag)))
    if (tags?.all !== undefined) sets.push(...tags.all.map(catalog.withTag))
  }
  const small = sets.filter((set) => set.size <= LARGEST_SET)
  return small.reduce<ReadonlySet<string> | undefined>(
    (least, set) => (least === undefined || set.size < least.size ? set : least),
    undefined,
  )
}

/** None when it would be large. */
function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string>[] {
  if (sets.length === 1) return [sets[0]!]
  if (sets.reduce((sum, set) => sum + set.size, 0) > LARGEST_SET) return []
  return [new Set(sets.flatMap((set) => [...set]))]
}
