import type { Candidate, Share } from './candidate.ts'
import type { Preference } from './preference.ts'
import type { Scored } from './rank.ts'
import type { SourceName } from './source-name.ts'

/** A source that takes part in a ranking. The evaluation's sources bear names of their own. */
export interface Voice<Source extends string = SourceName> {
  readonly source: Source
  readonly weight: number
  readonly preference: Preference
  /** What it proposes. */
  readonly proposed: readonly Scored[]
}

/** Mixes what the sources think of each item,
 *
 *      score = Σ_source  weight · (scoreOf(item) − mean) / deviation,
 *
 *  mean and deviation over the whole catalog: a weight means the same for a dot product and for a count. An item is
 *  judged by every source, not by those alone that proposed it. Each source's share is `weight · scoreOf / deviation`,
 *  which falls apart into the shares of single events; the constant that remains is the share called `baseline`. */
export function blend<Source extends string>(
  voices: readonly Voice<Source>[],
  itemIds: Iterable<string>,
): Candidate<Source>[] {
  const proposers = proposersOf(voices)
  const scales = voices.map(({ weight, preference }) => weight / preference.deviation)
  const averages = voices.map(({ preference }, v) => scales[v]! * preference.mean)
  const baseline = averages.reduce((sum, average) => sum - average, 0)
  const candidates: Candidate<Source>[] = []
  for (const itemId of itemIds) {
    const proposed = proposers.get(itemId)
    const shares: Share<Source>[] = []
    let score = baseline
    let [leading, loudest] = [-1, Number.NEGATIVE_INFINITY]
    let [origin, most] = [-1, Number.NEGATIVE_INFINITY]
    for (let v = 0; v < voices.length; v++) {
      const { source, preference } = voices[v]!
      const share = scales[v]! * preference.scoreOf(itemId)
      const standing = share - averages[v]!
      score += share
      if (share !== 0) shares.push({ source, share })
      if (standing > loudest) [leading, loudest] = [v, standing]
      if (standing > most && proposed?.has(v)) [origin, most] = [v, standing]
    }
    if (baseline !== 0) shares.push({ stage: 'baseline', share: baseline })
    candidates.push({
      itemId,
      score,
      shares,
      origin: voices[origin]?.source,
      leading: voices[leading]?.source,
    })
  }
  return candidates
}

/** By item: which voices proposed it. */
function proposersOf(voices: readonly Voice<string>[]): Map<string, Set<number>> {
  const proposers = new Map<string, Set<number>>()
  for (const [v, { proposed }] of voices.entries()) {
    for (const { itemId } of proposed) {
      const others = proposers.get(itemId)
      if (others === undefined) proposers.set(itemId, new Set([v]))
      else others.add(v)
    }
  }
  return proposers
}
