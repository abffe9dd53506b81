import { controlRecordOf } from '../../../libs/event/control-record.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import type { UserLink } from '../../../libs/interest/user-state.ts'
import type { LogRecord } from '../../../libs/log/event-log.ts'
import type { Undecodable } from '../../../services/tracker/dead-letter.ts'
import { type UserRecord, understandBatch } from '../../../services/tracker/understand-batch.ts'
import type { LogData } from './simulated-log.ts'
import { topics, weights } from './small-world.ts'

/** A place in the log; the partition as `topic/partition`. */
export interface LogPlace {
  readonly partition: string
  readonly offset: number
}

/** An event that the log has accepted, as its first record tells it. */
export interface LoggedEvent {
  readonly event: RememberedEvent
  /** When the log received it first. */
  readonly loggedAtMs: number
  /** Where its records lie: several when the producer sent it again. */
  readonly copies: LogPlace[]
  /** The records by which its user was forgotten since. */
  readonly erasedBy: LogPlace[]
  /** It was sent again after it had been erased, and is another event now. */
  isSentAnew: boolean
  /** Where it lay before, if it is such another event. */
  readonly erasedBefore: readonly LogPlace[]
}

/** What the log says has happened, whatever the trackers make of it: the records are told one by one as they were
 *  appended, which is what no tracker gets to see. */
export interface Ledger {
  /** Events that weigh something, by user, erased ones included. */
  eventsOf(userId: string): readonly LoggedEvent[]
  /** The account that the id belongs to, by its own records. */
  accountOf(userId: string): string | undefined
  aliasesOf(userId: string): ReadonlySet<string>
  /** Time of the request by which the user was last forgotten; 0: never. */
  forgottenAtMs(userId: string): number
  /** Ids under which something is left that was done before their account was forgotten. */
  stillToForget(): string[]
  /** Records of the events topic that cannot be understood. */
  undecodable(): readonly Undecodable[]
}

interface Told {
  readonly events: LoggedEvent[]
  /** By fingerprint: those that nothing has erased. */
  readonly alive: Map<string, LoggedEvent>
  /** Time of the request that erased last. */
  forgottenAtMs: number
  accountId: string | undefined
  readonly aliases: Set<string>
}

/** Follows the events topic of the log as it grows. */
export function ledger(data: LogData): Ledger {
  const byUser = new Map<string, Told>()
  const undecodable: Undecodable[] = []
  const owed: { aliasId: string; logged: LoggedEvent }[] = []
  let read = 0

  function follow(): void {
    for (; read < data.inOrder.length; read++) {
      const record = data.inOrder[read]!
      if (record.topic === topics.events) note(record)
    }
  }

  function toldOf(userId: string): Told {
    const told = byUser.get(userId)
    if (told !== undefined) return told
    const nothing = {
      events: [],
      alive: new Map(),
      forgottenAtMs: 0,
      accountId: undefined,
      aliases: new Set<string>(),
    }
    byUser.set(userId, nothing)
    return nothing
  }

  function note(record: LogRecord): void {
    const place = { partition: `${topics.events}/${record.partition}`, offset: record.offset }
    const control = controlRecordOf(record)
    const told = control && toldOf(control.userId)
    if (control?.kind === 'forget') forget(control.userId, record, place)
    if (control?.kind === 'forget-with' && goesWith(told!, control.account, record.timestampMs))
      forget(control.userId, record, place)
    if (control?.kind === 'alias-of') told!.accountId ??= control.otherId
    if (control?.kind === 'has-alias') told!.aliases.add(control.otherId)
    if (control !== undefined) return
    const understood = understandBatch([record], weights)
    undecodable.push(...understood.undecodable)
    for (const [userId, [theirs]] of understood.byUser) noteEvent(toldOf(userId), theirs!, place)
  }

  function noteEvent({ events, alive }: Told, { event, logTimeMs }: UserRecord, place: LogPlace): void {
    if (event === undefined || event.weight === 0) return
    const known = alive.get(event.fingerprint)
    if (known !== undefined) {
      known.copies.push(place)
      return
    }
    const before = events.filter((each) => each.event.fingerprint === event.fingerprint)
    for (const erased of before) erased.isSentAnew = true
    const erasedBefore = before.flatMap(({ copies }) => copies)
    const logged = {
      ...{ event, loggedAtMs: logTimeMs, copies: [place] },
      ...{ erasedBy: [], isSentAnew: false, erasedBefore },
    }
    events.push(logged)
    alive.set(event.fingerprint, logged)
  }

  function goesWith({ accountId, forgottenAtMs }: Told, account: UserLink, atMs: number): boolean {
    if (atMs <= forgottenAtMs) return false
    return accountId === undefined ? forgottenAtMs < account.atMs : accountId === account.userId
  }

  function forget(userId: string, record: LogRecord, place: LogPlace): void {
    const told = toldOf(userId)
    for (const aliasId of told.aliases) {
      const { accountId, alive } = toldOf(aliasId)
      if (accountId !== userId) continue
      const before = [...alive.values()].filter(({ loggedAtMs }) => loggedAtMs <= record.timestampMs)
      for (const logged of before) owed.push({ aliasId, logged })
    }
    for (const logged of told.events) logged.erasedBy.push(place)
    told.alive.clear()
    told.aliases.clear()
    told.accountId = undefined
    told.forgottenAtMs = Math.max(told.forgottenAtMs, record.timestampMs)
  }

  return {
    eventsOf(userId) {
      follow()
      return byUser.get(userId)?.events ?? []
    },
    accountOf(userId) {
      follow()
      return byUser.get(userId)?.accountId
    },
    aliasesOf(userId) {
      follow()
      return byUser.get(userId)?.aliases ?? new Set()
    },
    forgottenAtMs(userId) {
      follow()
      return byUser.get(userId)?.forgottenAtMs ?? 0
    },
    stillToForget() {
      follow()
      return owed.filter(({ logged }) => logged.erasedBy.length === 0).map(({ aliasId }) => aliasId)
    },
    undecodable() {
      follow()
      return undecodable
    },
  }
}
