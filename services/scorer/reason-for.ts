import type { Candidate } from '../../libs/ranking/candidate.ts'
import { type Explanation, explanationOf } from '../../libs/ranking/explanation.ts'
import { type Reason, reasonOf } from '../../libs/ranking/reason.ts'
import type { SourceName } from '../../libs/ranking/source-name.ts'
import type { Draft, Inquiry } from './draft.ts'

export interface ExplainedItem {
  readonly explanation: Explanation
  readonly reason: Reason
}

/** What brought the item its place: the source that speaks loudest for it, or, where none had a say, what filled the place. */
export function explainedSource(
  candidate: Candidate,
  exploration: boolean,
  { lookAround }: Pick<Draft, 'lookAround'>,
): SourceName | 'first-look' {
  if (lookAround.has(candidate.itemId)) return 'first-look'
  return exploration ? 'fresh' : (candidate.leading ?? 'trending')
}

/** Why this item has this score, in figures and in the one reason that a person is told. */
export function explained(
  candidate: Candidate,
  exploration: boolean,
  { viewer, voices }: Pick<Inquiry, 'viewer' | 'voices'>,
  draft: Pick<Draft, 'lookAround'>,
  titleOf: (itemId: string) => string | undefined,
): ExplainedItem {
  const explanation = explanationOf(candidate, voices)
  return { explanation, reason: reason() }

  function reason(): Reason {
    const leading = explainedSource(candidate, exploration, draft)
    if (leading === 'first-look') return { kind: 'first-look' }
    if (exploration) return { kind: 'fresh' }
    if (leading === 'interests' && viewer.basis !== 'interests' && viewer.basis !== undefined) {
      return { kind: viewer.basis }
    }
    return reasonOf(explanation, leading, titleOf)
  }
}
