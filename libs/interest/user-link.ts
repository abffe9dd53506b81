/* One person, several ids.
 *
 * A visitor browses under an anonymous id and later turns out to have an account. The two are not poured together: each
 * id keeps a state of its own, made of the records of its own partition, and either state says which the other id is.
 * Whoever reads adds the states up (merge-users.ts), as sums may be added at any time. A link counts when both say so.
 *
 * Why not move the state over once and for all? It would have to leave one partition and arrive in another, exactly once,
 * between two keys that no store writes together; a replay would find in the log a copy made under other half-lives, or
 * by a state that was not complete; and whoever asks for the anonymous id to be erased could not be taken out of a sum.
 * A link can be told twice, in any order, before or after the events, and is taken back by taking it back. There is no
 * moment at which a tracker could die and leave half of a transfer. What it costs is one more round trip to the store
 * for people who have several ids.
 *
 * Several accounts: an id belongs to the account that was named first, until it or that account is forgotten. Chains and
 * rings are no harm: they make one person of more than two ids, however they are told. */
import type { EpochMs } from './time.ts'
import {
  isOlderThanForgetting,
  type LogPosition,
  takeOffset,
  type UserLink,
  type UserState,
} from './user-state.ts'

/** What became of one half of a link.
 *  `refused`: the id belongs to another account. `forgotten`: it is older than the record that forgets the user. */
export type LinkOutcome = 'linked' | 'redelivered' | 'refused' | 'forgotten'

export type LinkPosition = LogPosition & { readonly logTimeMs: EpochMs }

/** Each of them is read together with the account. */
export const MOST_ALIASES = 50

/** Takes in that the state's id is an alias of the account, in place. */
export function becomeAlias(state: UserState, accountId: string, at: LinkPosition): LinkOutcome {
  if (!takeOffset(state, at)) return 'redelivered'
  if (isOlderThanForgetting(state, at)) return 'forgotten'
  if (state.aliasOf !== undefined && state.aliasOf.userId !== accountId) return 'refused'
  state.aliasOf = { userId: accountId, atMs: Math.max(at.logTimeMs, state.aliasOf?.atMs ?? 0) }
  return 'linked'
}

/** Takes in that the state's id has this alias, in place. Of too many the oldest are dropped, and returned. */
export function addAlias(
  state: UserState,
  aliasId: string,
  at: LinkPosition,
  most = MOST_ALIASES,
): { outcome: LinkOutcome; dropped: readonly UserLink[] } {
  if (!takeOffset(state, at)) return { outcome: 'redelivered', dropped: [] }
  if (isOlderThanForgetting(state, at)) return { outcome: 'forgotten', dropped: [] }
  const known = state.aliases.findIndex(({ userId }) => userId === aliasId)
  const before = known === -1 ? undefined : state.aliases.splice(known, 1)[0]
  state.aliases.push({ userId: aliasId, atMs: Math.max(at.logTimeMs, before?.atMs ?? 0) })
  state.aliases.sort(newestFirst)
  return { outcome: 'linked', dropped: state.aliases.splice(most) }
}

/** Whether the state's id is to be forgotten with the account, as that knew it: not when it belongs to another one, and not
 *  when it was forgotten since. Where partitions were added, the account may be forgotten before this state has heard of
 *  the link. */
export function isForgottenWith(
  { aliasOf, forgottenAtMs }: Pick<UserState, 'aliasOf' | 'forgottenAtMs'>,
  account: UserLink,
  requestedAtMs: EpochMs,
): boolean {
  if (requestedAtMs <= forgottenAtMs) return false
  return aliasOf === undefined ? forgottenAtMs < account.atMs : aliasOf.userId === account.userId
}

function newestFirst(a: UserLink, b: UserLink): number {
  return b.atMs - a.atMs || (a.userId < b.userId ? -1 : 1)
}

/** The ids that are one person's, among these states: those that mutual links join to `userId`, itself included. */
export function linkedIds(userId: string, states: ReadonlyMap<string, UserState>): Set<string> {
  const found = new Set([userId])
  for (const id of found) {
    const state = states.get(id)
    if (state === undefined) continue
    for (const other of otherIds(state)) {
      const theirs = states.get(other)
      if (theirs !== undefined && (isAlias(id, state, other, theirs) || isAlias(other, theirs, id, state)))
        found.add(other)
    }
  }
  return found
}

/** The ids that a state names, whatever they say themselves. */
export function otherIds({ aliasOf, aliases }: UserState): string[] {
  return [...(aliasOf ? [aliasOf.userId] : []), ...aliases.map(({ userId }) => userId)]
}

function isAlias(aliasId: string, alias: UserState, accountId: string, account: UserState): boolean {
  return alias.aliasOf?.userId === accountId && account.aliases.some(({ userId }) => userId === aliasId)
}

/** The account among a person's ids: the one that is no other's alias; of a ring, the first by its name. */
export function accountOf(ids: ReadonlySet<string>, states: ReadonlyMap<string, UserState>): string {
  const sorted = [...ids].sort()
  return sorted.find((id) => !ids.has(states.get(id)?.aliasOf?.userId ?? '')) ?? sorted[0]!
}
