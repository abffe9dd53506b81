import { blendedShares, type Voice } from './blend.ts'
import type { Candidate, Share } from './candidate.ts'
import type { EventShare } from './preference.ts'
import type { SourceName } from './source-name.ts'

/** Where an item's score comes from, without a remainder: `shares` sum to the score, and for a source that is a sum over
 *  events, its events and its `older` sum to its share. */
export interface Explanation {
  readonly score: number
  readonly shares: readonly Share[]
  /** Source by source, newest first. */
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
    const scale = voice.weight / voice.preference.deviation
    const { source } = voice
    let left = voice.preference.scoreOf(itemId)
    for (const { event, share } of shares) {
      left -= share
      events.push({ event, share: share * scale, source })
    }
    older.push({ source, share: left * scale })
  }
  return { score, shares: [...blendedShares(voices, itemId), ...candidate.stageShares], events, older }
}
