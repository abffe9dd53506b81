import { HalflifeError } from '../errors/halflife-error.ts'
import { itemHash } from '../interest/seen-items.ts'
import type { CleaningReport, Dataset, History, RawData, RawEvent } from './history-data.ts'

export interface CleaningOptions {
  readonly minCore: number
  readonly seed: number
  /** Items that are described, but that nobody had, are numbered after the others. */
  readonly unhad?: boolean
}

/** Drops duplicates, then, as often as it takes, users and items with fewer than `minCore` events; numbers what is left.
 *
 *  Events of one time stay in the order of the file. Items are numbered in an order drawn by `seed`: where scores are
 *  equal the lower number goes first, and that must not depend on how the file happened to be sorted.
 *  @throws HL_DATA when nothing is left */
export function clean(raw: RawData, options: CleaningOptions): Dataset {
  const distinct = withoutDuplicates(raw.events)
  const events = core(distinct, options.minCore)
  if (events.length === 0) {
    const detail = `${raw.name} has no events left of ${raw.events.length} read (minimal core ${options.minCore})`
    throw new HalflifeError('HL_DATA', `${detail}${unreadable(raw)}`)
  }
  const had = new Set(events.map((event) => event.itemId))
  const unhad = new Set(options.unhad ? [...raw.texts.keys()].filter((itemId) => !had.has(itemId)) : [])
  const itemIds = [...shuffled(had, options.seed), ...shuffled(unhad, options.seed)]
  const userIds = [...new Set(events.map((event) => event.userId))]
  const history = historyOf(events, userIds, itemIds)
  const texts = itemIds.map((itemId) => raw.texts.get(itemId))
  const report: CleaningReport = {
    read: raw.events.length,
    duplicates: raw.events.length - distinct.length,
    brokenRows: raw.brokenRows,
    broken: raw.broken,
    notPositive: raw.notPositive,
    minCore: options.minCore,
    belowCore: distinct.length - events.length,
    events: events.length,
    users: userIds.length,
    items: had.size,
    itemsWithText: texts.filter((text) => text !== undefined).length,
    ...repeatsAndTies(history),
    firstMs: history.times.reduce((a, b) => Math.min(a, b)),
    lastMs: history.times.reduce((a, b) => Math.max(a, b)),
  }
  return { name: raw.name, history, userIds, itemIds, texts, attributes: raw.attributes, report }
}

function unreadable({ broken: [first], brokenRows }: RawData): string {
  if (first === undefined) return ''
  return `; rows that cannot be read: ${brokenRows}, the first in ${first.file} line ${first.line}: ${first.problem}`
}

/** User by user, who come in the order of their first events; of each the oldest first, and within a time in the order of the
 *  file. Only of one user at a time is it noted what was there already: of all events it would take as much memory as they
 *  do, and more entries than a Map can have. */
function withoutDuplicates(events: readonly RawEvent[]): RawEvent[] {
  const byUser = new Map<string, RawEvent[]>()
  for (const event of events) {
    const theirs = byUser.get(event.userId)
    if (theirs === undefined) byUser.set(event.userId, [event])
    else theirs.push(event)
  }
  return [...byUser.values()].flatMap((theirs) =>
    distinctOf(theirs).sort((a, b) => a.occurredAtMs - b.occurredAtMs),
  )
}

/** Each where it comes first, with the weight of the one that says most: where days alone are written, a view and a purchase
 *  of one item are of one time, and the order of the file must not decide between them. */
function distinctOf(events: readonly RawEvent[]): RawEvent[] {
  const distinct = new Map<string, RawEvent>()
  for (const event of events) {
    const key = `${event.occurredAtMs} ${event.itemId}`
    const known = distinct.get(key)
    if (known === undefined || event.weight > known.weight) distinct.set(key, event)
  }
  return [...distinct.values()]
}

function core(events: RawEvent[], minCore: number): RawEvent[] {
  let left = events
  for (;;) {
    const users = countBy(left, (event) => event.userId)
    const items = countBy(left, (event) => event.itemId)
    const kept = left.filter(
      ({ userId, itemId }) => users.get(userId)! >= minCore && items.get(itemId)! >= minCore,
    )
    if (kept.length === left.length) return kept
    left = kept
  }
}

function countBy(events: readonly RawEvent[], keyOf: (event: RawEvent) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const event of events) counts.set(keyOf(event), (counts.get(keyOf(event)) ?? 0) + 1)
  return counts
}

function shuffled(ids: ReadonlySet<string>, seed: number): string[] {
  const drawn = [...ids].map((id) => ({ id, draw: itemHash(`${seed} ${id}`) }))
  return drawn.sort((a, b) => a.draw - b.draw || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}

/** @param events user by user as in `userIds`, each one's oldest first */
function historyOf(
  events: readonly RawEvent[],
  userIds: readonly string[],
  itemIds: readonly string[],
): History {
  const userOf = new Map(userIds.map((id, number) => [id, number]))
  const itemOf = new Map(itemIds.map((id, number) => [id, number]))
  const starts = new Int32Array(userIds.length + 1)
  for (const { userId } of events) starts[userOf.get(userId)! + 1]!++
  for (let u = 0; u < userIds.length; u++) starts[u + 1]! += starts[u]!
  return {
    starts,
    items: Int32Array.from(events, ({ itemId }) => itemOf.get(itemId)!),
    times: Float64Array.from(events, ({ occurredAtMs }) => occurredAtMs),
    weights: Float32Array.from(events, ({ weight }) => weight),
    catalogSize: itemIds.length,
  }
}

export function repeatsAndTies({ starts, items, times }: History): {
  repeatShare: number
  tiedShare: number
} {
  let repeats = 0
  let ties = 0
  for (let u = 0; u + 1 < starts.length; u++) {
    const had = new Set<number>()
    for (let p = starts[u]!; p < starts[u + 1]!; p++) {
      if (had.has(items[p]!)) repeats++
      if (p > starts[u]! && times[p] === times[p - 1]) ties++
      had.add(items[p]!)
    }
  }
  const events = Math.max(1, items.length)
  return { repeatShare: repeats / events, tiedShare: ties / events }
}
