import type { Candidate } from '../../libs/ranking/candidate.ts'
import { type Explanation, explanationOf } from '../../libs/ranking/explanation.ts'
import { type Reason, reasonOf } from '../../libs/ranking/reason.ts'
import type { Draft, Inquiry } from './draft.ts'

export interface ExplainedItem {
  readonly explanation: Explanation
  readonly reason: Reason
}

/** Why this item has this score, in figures and in the one reason that a person is told. */
export function explained(
  candidate: Candidate,
  exploration: boolean,
  { viewer, voices }: Pick<Inquiry, 'viewer' | 'voices'>,
  { lookAround }: Pick<Draft, 'lookAround'>,
  titleOf: (itemId: string) => string | undefined,
): ExplainedItem {
  const explanation = explanationOf(candidate, voices)
  return { explanation, reason: reason() }

  function reason(): Reason {
    if (lookAround.has(candidate.itemId)) return { kind: 'first-look' }
    if (exploration) return { kind: 'fresh' }
    const leading = candidate.leading ?? 'trending'
    if (leading === 'interests' && viewer.basis !== 'interests' && viewer.basis !== undefined) {
      return { kind: viewer.basis }
    }
    return reasonOf(explanation, leading, titleOf)
  }
}
