import type { ShownPage } from '../../libs/event/impression.ts'
import { attribute, outcomeOf } from '../../libs/event/outcome.ts'
import type { DurationMs } from '../../libs/interest/time.ts'
import type { ShownStore } from '../../libs/store/shown-store.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'
import type { RecordsByUser, UserRecord } from './understand-batch.ts'

export interface OutcomeContext {
  readonly store: ShownStore
  readonly attributionWindowMs: DurationMs
  readonly say: TrackerTelemetry
}

/** Counts an event that was applied, if it is an outcome, for the page that it is owed to. */
export type CountOutcome = (record: UserRecord) => void

/** Reads the pages that the batch's outcomes may be owed to, all together. */
export async function owedOutcomes(
  byUser: RecordsByUser,
  { store, attributionWindowMs, say }: OutcomeContext,
): Promise<CountOutcome> {
  const to = new Set<string>()
  for (const [userId, records] of byUser) {
    for (const { event, recommendationId } of records) {
      if (event === undefined || outcomeOf(event.type) === undefined) continue
      to.add(userId)
      if (recommendationId !== undefined) to.add(recommendationId)
    }
  }
  const keys = [...to]
  const lists = keys.length === 0 ? [] : await store.readShown(keys)
  const pagesOf = new Map<string, readonly ShownPage[]>()
  for (const [index, key] of keys.entries()) if (lists[index]!.length > 0) pagesOf.set(key, lists[index]!)

  /** The user's own pages, and, of a page that was shown to nobody by name, that one. */
  function pagesFor({ userId, recommendationId }: UserRecord): readonly ShownPage[] {
    const own = pagesOf.get(userId) ?? NO_PAGES
    const named = recommendationId === undefined ? undefined : pagesOf.get(recommendationId)
    return named === undefined ? own : [...own, ...named]
  }

  return (record) => {
    const { event, recommendationId } = record
    const outcome = event && outcomeOf(event.type)
    if (event === undefined || outcome === undefined) return
    const attribution = attribute({ ...event, recommendationId }, pagesFor(record), attributionWindowMs)
    if (attribution === undefined) say.outcomeUnowed(outcome)
    else say.outcomeOwed(outcome, attribution)
  }
}

const NO_PAGES: readonly ShownPage[] = []
