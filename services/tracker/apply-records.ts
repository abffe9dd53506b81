import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { ItemVectors } from '../../libs/interest/interest-state.ts'
import {
  applyEvent,
  type Outcome,
  settleWaiting,
  takeOffset,
  type UserBounds,
  type UserState,
} from '../../libs/interest/user-state.ts'
import type { UserRecord } from './understand-batch.ts'

/** What a user's records are applied with. */
export interface ApplyRules {
  readonly shape: InterestShape
  readonly bounds: UserBounds
  readonly vectorsOf: (itemId: string) => ItemVectors | undefined
}

/** What came of applying one user's records. */
export interface Applied {
  /** The state differs from the stored one in more than its offsets, and must be written. */
  readonly changed: boolean
  /** One for each record, in order; `control` for those that are no events. */
  readonly outcomes: readonly (Outcome | 'control')[]
  /** Events that had waited for an item now known. */
  readonly settled: number
  /** Events that no longer fit among the waiting ones. */
  readonly lost: number
}

/** Applies a user's records of one partition in the order of their offsets, in place. */
export function applyRecords(
  state: UserState,
  partition: string,
  records: readonly UserRecord[],
  rules: ApplyRules,
): Applied {
  const outcomes: (Outcome | 'control')[] = []
  let changed = false
  let lost = 0
  for (const { event, offset } of records) {
    const at = { partition, offset }
    if (event === undefined) {
      takeOffset(state, at)
      outcomes.push('control')
      continue
    }
    const vectors = rules.vectorsOf(event.itemId)
    const result = applyEvent(state, event, at, vectors, rules.shape, rules.bounds)
    outcomes.push(result.outcome)
    if (result.lost) lost++
    const counted = result.outcome === 'applied' || result.outcome === 'waiting'
    changed ||= counted && event.weight !== 0
  }
  const settled = settleWaiting(state, rules.vectorsOf, rules.shape, rules.bounds).length
  return { changed: changed || settled > 0, outcomes, settled, lost }
}
