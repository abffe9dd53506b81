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
 *  judged by every source, not by those alone that proposed it. */
export function blend<Source extends string>(
  voices: readonly Voice<Source>[],
  itemIds: Iterable<string>,
): Candidate<Source>[] {
  const ids = [...itemIds]
  const places = new Map(ids.map((itemId, place) => [itemId, place]))
  const standings = voices.map((voice) => standingsOf(voice, ids, places))
  const origins = originsOf(voices, standings, places)
  return ids.map((itemId, i) => {
    let score = 0
    let [leading, loudest] = [-1, Number.NEGATIVE_INFINITY]
    for (let v = 0; v < voices.length; v++) {
      const standing = standings[v]![i]!
      score += standing
      if (standing > loudest) [leading, loudest] = [v, standing]
    }
    const [origin, loud] = [voices[origins[i]!]?.source, voices[leading]?.source]
    return { itemId, score, stageShares: [], origin, leading: loud }
  })
}

/** What the score of `blend` is made of: each source's share is `weight · scoreOf / deviation`, which falls apart into the
 *  shares of single events; the constant that remains is the share called `baseline`. */
export function blendedShares<Source extends string>(
  voices: readonly Voice<Source>[],
  itemId: string,
): Share<Source>[] {
  const shares: Share<Source>[] = []
  let baseline = 0
  for (const { source, weight, preference } of voices) {
    const scale = weight / preference.deviation
    const share = scale * preference.scoreOf(itemId)
    baseline -= scale * preference.mean
    if (share !== 0) shares.push({ source, share })
  }
  if (baseline !== 0) shares.push({ stage: 'baseline', share: baseline })
  return shares
}

type Places = ReadonlyMap<string, number>

/** By place in `ids`: what the voice adds to the score. What it proposed it has scored already. */
function standingsOf(
  { weight, preference, proposed }: Voice<string>,
  ids: readonly string[],
  places: Places,
) {
  const { mean, deviation } = preference
  const scores = new Float64Array(ids.length).fill(Number.NaN)
  for (const { itemId, score } of proposed) {
    const place = places.get(itemId)
    if (place !== undefined) scores[place] = score
  }
  const scale = weight / deviation
  return scores.map((score, place) => {
    return scale * ((Number.isNaN(score) ? preference.scoreOf(ids[place]!) : score) - mean)
  })
}

/** By place: of the voices that proposed the item, the one that adds most; −1 where none did. */
function originsOf(
  voices: readonly Voice<string>[],
  standings: readonly Float64Array[],
  places: Places,
): Int32Array {
  const origins = new Int32Array(places.size).fill(-1)
  for (const [v, { proposed }] of voices.entries()) {
    for (const { itemId } of proposed) {
      const i = places.get(itemId)
      if (i === undefined) continue
      const origin = origins[i]!
      if (origin === -1 || standings[v]![i]! > standings[origin]![i]!) origins[i] = v
    }
  }
  return origins
}
