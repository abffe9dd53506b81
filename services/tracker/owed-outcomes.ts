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

/** Reads the pages that the batch's outcomes may be owed to, all in one round trip. */
export async function owedOutcomes(
  byUser: RecordsByUser,
  { store, attributionWindowMs, say }: OutcomeContext,
): Promise<CountOutcome> {
  const to = new Set<string>()
  for (const [userId, records] of byUser) {
    for (const record of records) if (isOutcome(record)) for (const key of keysOf(userId, record)) to.add(key)
  }
  const keys = [...to]
  const lists = keys.length === 0 ? [] : await store.readShown(keys)
  const pagesOf = new Map<string, readonly ShownPage[]>(keys.map((key, index) => [key, lists[index]!]))

  return (record) => {
    const { event, recommendationId, userId } = record
    const outcome = event && outcomeOf(event.type)
    if (event === undefined || outcome === undefined) return
    const pages = keysOf(userId, record).flatMap((key) => pagesOf.get(key) ?? [])
    const attribution = attribute({ ...event, recommendationId }, pages, attributionWindowMs)
    if (attribution === undefined) say.outcomeUnowed(outcome)
    else say.outcomeOwed(outcome, attribution)
  }
}

function isOutcome({ event }: UserRecord): boolean {
  return event !== undefined && outcomeOf(event.type) !== undefined
}

/** Under which the page may lie: the user's own, and, of a page that was shown to nobody by name, its id. */
function keysOf(userId: string, { recommendationId }: UserRecord): string[] {
  return recommendationId === undefined ? [userId] : [userId, recommendationId]
}
