import { bestFirst, type Scored } from './rank.ts'
import type { SourceName } from './source-name.ts'

/** What a source or a stage gave an item, or took from it. */
export type Share<Source extends string = SourceName> =
  | { readonly source: Source; readonly share: number }
  | { readonly stage: ScoringStage; readonly rule?: string; readonly share: number }

/** `baseline`: what an item of average standing with every source would have got, taken off; see blend.ts. */
export type ScoringStage = 'baseline' | 'boosts' | 'diversity'

/** An item on its way through the stages. */
export interface Candidate<Source extends string = SourceName> extends Scored {
  /** What stages gave and took. With the shares of the sources (`blendedShares`) they sum to the score. */
  readonly stageShares: readonly Share<Source>[]
  /** Of the sources that proposed the item, the one that it owes most; undefined when none proposed it. */
  readonly origin: Source | undefined
  /** The source that speaks loudest for it, whether it proposed it or not. */
  readonly leading: Source | undefined
}

/** The candidate with one more share: the only way in which a stage changes a score, so that shares always sum to it. */
export function withShare(candidate: Candidate, share: Share): Candidate {
  if (share.share === 0) return candidate
  return {
    ...candidate,
    score: candidate.score + share.share,
    stageShares: [...candidate.stageShares, share],
  }
}

/** A new list, best first. */
export function inOrder(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort(bestFirst)
}
