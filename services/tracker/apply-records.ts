import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { ItemVectors } from '../../libs/interest/interest-state.ts'
import {
  applyEvent,
  forgetUser,
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
  /** The user was forgotten on the way. */
  readonly forgotten: boolean
  /** Items for which the user was noted as waiting, and waits no more because they are forgotten. */
  readonly forgottenItems: readonly string[]
}

/** Applies a user's records of one partition in the order of their offsets, in place. */
export function applyRecords(
  state: UserState,
  partition: string,
  records: readonly UserRecord[],
  rules: ApplyRules,
): Applied {
  const outcomes: (Outcome | 'control')[] = []
  const forgottenItems = new Set<string>()
  let changed = false
  let forgotten = false
  let lost = 0
  for (const { event, control, offset, logTimeMs, replayed } of records) {
    const at = { partition, offset, logTimeMs, replayed }
    if (event === undefined) {
      outcomes.push('control')
      const waitedFor = applyControl(state, control, at)
      forgotten ||= waitedFor !== undefined
      for (const itemId of waitedFor ?? []) forgottenItems.add(itemId)
      continue
    }
    const vectors = rules.vectorsOf(event.itemId)
    const result = applyEvent(state, event, at, vectors, rules.shape, rules.bounds)
    outcomes.push(result.outcome)
    if (result.lost) lost++
    // Whoever asked for its vector has noted the user as waiting.
    if (result.outcome === 'forgotten' && vectors === undefined) forgottenItems.add(event.itemId)
    const counted = result.outcome === 'applied' || result.outcome === 'waiting'
    changed ||= counted && event.weight !== 0
  }
  const settled = settleWaiting(state, rules.vectorsOf, rules.shape, rules.bounds).length
  for (const { itemId } of state.waiting) forgottenItems.delete(itemId)
  return {
    changed: changed || forgotten || settled > 0,
    outcomes,
    settled,
    lost,
    forgotten,
    forgottenItems: [...forgottenItems],
  }
}

/** Applies a record that is no event, in place. Of a user who is forgotten by it, returns the items they waited for. */
function applyControl(
  state: UserState,
  control: UserRecord['control'],
  at: Parameters<typeof forgetUser>[1],
): string[] | undefined {
  if (control !== 'forget') {
    takeOffset(state, at)
    return undefined
  }
  const waitedFor = state.waiting.map(({ itemId }) => itemId)
  return forgetUser(state, at) ? waitedFor : undefined
}
