import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { ItemVectors } from '../../libs/interest/interest-state.ts'
import type { EpochMs } from '../../libs/interest/time.ts'
import { addAlias, becomeAlias, isForgottenWith, type LinkPosition } from '../../libs/interest/user-link.ts'
import {
  applyEvent,
  forgetUser,
  type Outcome,
  settleWaiting,
  takeOffset,
  type UserBounds,
  type UserLink,
  type UserState,
} from '../../libs/interest/user-state.ts'
import type { LinkCounts } from './tracker-telemetry.ts'
import type { UserRecord } from './understand-batch.ts'

/** What a user's records are applied with. */
export interface ApplyRules {
  readonly shape: InterestShape
  readonly bounds: UserBounds
  readonly vectorsOf: (itemId: string) => ItemVectors | undefined
}

/** An id that was an alias of a user who is forgotten, and is to be forgotten with them. */
export interface ForgottenAlias {
  readonly alias: UserLink
  readonly receiptId: string | undefined
  readonly requestedAtMs: EpochMs
}

/** What came of applying one user's records. */
export interface Applied {
  /** The state must be written: it differs in more than its offsets, or others must see these. */
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
  /** The same because the event no longer fits, or was there already. */
  readonly droppedItems: readonly string[]
  readonly forgottenAliases: readonly ForgottenAlias[]
  readonly links: LinkCounts
}

/** What came of the records so far. */
type Tally = Writable<Omit<Applied, 'links'>> & { readonly links: Writable<LinkCounts> }

type Writable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Each)[] ? Each[] : T[Key] }

/** Applies a user's records of one partition in the order of their offsets, in place. */
export function applyRecords(
  state: UserState,
  partition: string,
  records: readonly UserRecord[],
  rules: ApplyRules,
): Applied {
  // Before the records, which could push them out: what becomes of them must not depend on where the batch begins and ends.
  const settled = settleWaiting(state, rules.vectorsOf, rules.shape, rules.bounds)
  const waiting = waitingItems(state)
  const tally: Tally = {
    changed: settled.length > 0,
    outcomes: [],
    settled: settled.length,
    lost: 0,
    forgotten: false,
    forgottenItems: [],
    droppedItems: [],
    forgottenAliases: [],
    links: { linked: 0, refused: 0, dropped: 0 },
  }
  for (const { event, control, offset, logTimeMs, replayed } of records) {
    // Written out: a spread of the record costs more than all else that is done for it.
    const at = { partition, offset, logTimeMs, replayed }
    tally.outcomes.push(event === undefined ? 'control' : applyOne(state, event, at, rules, tally))
    if (event === undefined) applyControl(state, control, at, tally)
  }
  if (tally.forgotten) for (const { itemId } of settled) tally.forgottenItems.push(itemId)
  if (tally.lost > 0) tally.droppedItems.push(...waiting)
  if (tally.forgottenItems.length + tally.droppedItems.length > 0) {
    const waitedFor = new Set(waitingItems(state))
    const isOver = (itemId: string) => !waitedFor.has(itemId)
    tally.forgottenItems = [...new Set(tally.forgottenItems)].filter(isOver)
    tally.droppedItems = [...new Set(tally.droppedItems)].filter(isOver)
  }
  return tally
}

/** Of hardly anybody there are any, and then no list is read. */
function waitingItems({ waiting }: UserState): readonly string[] {
  return waiting.length === 0 ? NONE : waiting.events.map(({ itemId }) => itemId)
}

const NONE: readonly string[] = []

function applyOne(
  state: UserState,
  event: NonNullable<UserRecord['event']>,
  at: LinkPosition,
  rules: ApplyRules,
  tally: Tally,
): Outcome {
  const vectors = rules.vectorsOf(event.itemId)
  const { outcome, lost } = applyEvent(state, event, at, vectors, rules.shape, rules.bounds)
  if (lost) tally.lost++
  // Whoever asked for its vector has noted the user as waiting. Passed over are also events before a forgetting ahead; but of a
  // user who was never forgotten, another tracker may have noted by now that they wait for the item once more.
  const passedOver = outcome === 'forgotten' || (outcome === 'redelivered' && state.forgottenAtMs > 0)
  if (passedOver && vectors === undefined) tally.forgottenItems.push(event.itemId)
  // As it turns out in the end.
  const mayBeDropped = outcome === 'repeated' || outcome === 'waiting'
  if (mayBeDropped && vectors === undefined) tally.droppedItems.push(event.itemId)
  tally.changed ||= (outcome === 'applied' || outcome === 'waiting') && event.weight !== 0
  return outcome
}

/** Applies a record that is no event, in place. */
function applyControl(
  state: UserState,
  control: UserRecord['control'],
  at: LinkPosition,
  tally: Tally,
): void {
  switch (control?.kind) {
    case 'forget':
      forget(state, at, control.receiptId, tally)
      return
    case 'forget-with':
      if (isForgottenWith(state, control.account, at.logTimeMs)) forget(state, at, control.receiptId, tally)
      else takeOffset(state, at)
      return
    case 'alias-of': {
      const outcome = becomeAlias(state, control.otherId, at)
      if (outcome === 'linked') tally.changed = true
      if (outcome === 'linked' || outcome === 'refused') tally.links[outcome]++
      return
    }
    case 'has-alias': {
      const { outcome, dropped } = addAlias(state, control.otherId, at)
      if (outcome === 'linked') tally.changed = true
      tally.links.dropped += dropped.length
      if (outcome !== 'forgotten') return
      // Whoever forgot the user did not know of this id: the request lay in another partition.
      const alias = { userId: control.otherId, atMs: at.logTimeMs }
      const requestedAtMs = state.forgottenAtMs
      tally.forgottenAliases.push({ alias, receiptId: undefined, requestedAtMs })
      return
    }
    case 'item-known':
      // Written even where nobody waits: in another partition a batch may be about to write that the user does, and must
      // then be fenced (see withoutVector in commit-batch.ts).
      if (takeOffset(state, at)) tally.changed = true
      return
    default:
      takeOffset(state, at)
  }
}

function forget(state: UserState, at: LinkPosition, receiptId: string | undefined, tally: Tally): void {
  const waitedFor = waitingItems(state)
  const aliases = [...state.aliases]
  if (!forgetUser(state, at)) return
  tally.changed = tally.forgotten = true
  for (const itemId of waitedFor) tally.forgottenItems.push(itemId)
  for (const alias of aliases) {
    tally.forgottenAliases.push({ alias, receiptId, requestedAtMs: at.logTimeMs })
  }
}
