import { MOST_TIMES } from '../interest/seen-items.ts'

/** What a user had at all, each item once, had last first, as a state keeps it (libs/interest/seen-items.ts): it reaches
 *  much further back than the events that are remembered. */
export interface HadItems {
  /** int32[items had] */
  readonly items: Int32Array
  /** float64[items had], seconds since the epoch: the newest event with each. */
  readonly lastSeconds: Float64Array
  /** uint8[items had]: events with each, 1 … MOST_TIMES. */
  readonly times: Uint8Array
}

/** Out of all events of a past, oldest first.
 *  @param times ms since the epoch */
export function hadItems(items: Int32Array, times: Float64Array): HadItems {
  const found = new Map<number, { lastMs: number; count: number }>()
  for (let p = items.length - 1; p >= 0; p--) {
    const known = found.get(items[p]!)
    if (known === undefined) found.set(items[p]!, { lastMs: times[p]!, count: 1 })
    else known.count = Math.min(MOST_TIMES, known.count + 1)
  }
  const had = [...found.values()]
  return {
    items: Int32Array.from(found.keys()),
    lastSeconds: Float64Array.from(had, ({ lastMs }) => Math.floor(lastMs / 1_000)),
    times: Uint8Array.from(had, ({ count }) => count),
  }
}

/** The same in other numbers.
 *  @param numberOf undefined for items to be left out */
export function renumbered(
  { items, lastSeconds, times }: HadItems,
  numberOf: (item: number) => number | undefined,
): HadItems {
  const kept = [...items.keys()].filter((k) => numberOf(items[k]!) !== undefined)
  return {
    items: Int32Array.from(kept, (k) => numberOf(items[k]!)!),
    lastSeconds: Float64Array.from(kept, (k) => lastSeconds[k]!),
    times: Uint8Array.from(kept, (k) => times[k]!),
  }
}
