import { attributionOf } from './attribute-score.ts'
import type { Voice } from './blend.ts'
import type { Candidate, Share } from './candidate.ts'
import type { EventShare } from './preference.ts'
import type { SourceName } from './source-name.ts'

/** Where an item's score comes from, without a remainder: `shares` sum to the score, and for a source that is a sum over
 *  events, its events and its `older` sum to its share. */
export interface Explanation {
  readonly score: number
  readonly shares: readonly Share[]
  /** Largest first. */
  readonly events: readonly (EventShare & { readonly source: SourceName })[]
  /** What no remembered event accounts for, by source. */
  readonly older: readonly { readonly source: SourceName; readonly share: number }[]
}

export function explanationOf(candidate: Candidate, voices: readonly Voice[]): Explanation {
  const { itemId, score } = candidate
  const events: (EventShare & { source: SourceName })[] = []
  const older: { source: SourceName; share: number }[] = []
  for (const voice of voices) {
    const shares = voice.preference.sharesOf?.(itemId)
    if (shares === undefined) continue
    const attribution = attributionOf(voice.preference.scoreOf(itemId), shares)
    const scale = voice.weight / voice.preference.deviation
    const { source } = voice
    for (const { event, share } of attribution.shares) events.push({ event, share: share * scale, source })
    older.push({ source, share: attribution.older * scale })
  }
  return { score, shares: candidate.shares, events: events.sort((a, b) => b.share - a.share), older }
}
