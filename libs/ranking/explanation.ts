import type { Attribution } from './attribute-score.ts'
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

export function explanationOf({ itemId, score, shares }: Candidate, voices: readonly Voice[]): Explanation {
  const events: (EventShare & { source: SourceName })[] = []
  const older: { source: SourceName; share: number }[] = []
  for (const voice of voices) {
    const attribution = attributionOf(voice, itemId)
    if (attribution === undefined) continue
    const scale = voice.weight / voice.preference.deviation
    const { source } = voice
    for (const { event, share } of attribution.shares) events.push({ event, share: share * scale, source })
    older.push({ source, share: attribution.older * scale })
  }
  return { score, shares, events: events.sort((a, b) => b.share - a.share), older }
}

/** In the source's own unit; undefined where the source is no sum over events. */
export function attributionOf({ preference }: Voice, itemId: string): Attribution | undefined {
  const shares = preference.sharesOf?.(itemId)
  if (shares === undefined) return undefined
  const score = preference.scoreOf(itemId)
  const known = shares.reduce((sum, { share }) => sum + share, 0)
  return { score, shares: [...shares].sort((a, b) => b.share - a.share), older: score - known }
}
