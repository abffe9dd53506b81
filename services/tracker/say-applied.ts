import type { Outcome } from '../../libs/interest/user-state.ts'
import type { CountOutcome } from './owed-outcomes.ts'
import type { AppliedUser } from './strike-off.ts'
import type { TrackerTelemetry } from './tracker-telemetry.ts'

/** Says what came of the users' records, once they are written: each thing once, however many users it befell. */
export function sayApplied(
  written: readonly AppliedUser[],
  say: TrackerTelemetry,
  countOutcome: CountOutcome,
): void {
  let [settled, lost, forgotten] = [0, 0, 0]
  const links = { linked: 0, refused: 0, dropped: 0 }
  for (const { result } of written) {
    settled += result.settled
    lost += result.lost
    if (result.forgotten) forgotten++
    links.linked += result.links.linked
    links.refused += result.links.refused
    links.dropped += result.links.dropped
  }
  sayOutcomes(written, say, countOutcome)
  if (settled > 0) say.waitingEventsSettled(settled)
  if (lost > 0) say.waitingEventsLost(lost)
  if (forgotten > 0) say.usersForgotten(forgotten)
  if (links.linked + links.refused + links.dropped > 0) say.idsLinked(links)
}

/** Once for a batch: a metric takes longer to find than many events to count. */
function sayOutcomes(
  written: readonly AppliedUser[],
  say: TrackerTelemetry,
  countOutcome: CountOutcome,
): void {
  const counts = new Map<Outcome | 'control', Map<string, number>>()
  for (const { records, result } of written) {
    for (let index = 0; index < records.length; index++) {
      const outcome = result.outcomes[index]!
      const types = counts.get(outcome) ?? new Map<string, number>()
      if (types.size === 0) counts.set(outcome, types)
      const type = records[index]!.event?.type ?? 'none'
      types.set(type, (types.get(type) ?? 0) + 1)
      if (outcome === 'applied' || outcome === 'waiting') countOutcome(records[index]!)
    }
  }
  for (const [outcome, types] of counts) {
    let all = 0
    for (const [type, count] of types) {
      say.eventsHandled(outcome, type, count)
      all += count
    }
    if (outcome === 'repeated') say.eventsRepeated(all)
    if (outcome === 'waiting') say.eventsWaiting(all)
  }
}
