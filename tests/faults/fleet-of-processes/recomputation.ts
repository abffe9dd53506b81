/* What the log says, computed from the definition and by nothing that the trackers use:
 *
 *     S_τ = Σ_e  w(e) · 2^(−(asOf − t_e)/h) · v_item(e)          M_τ = Σ_e  w(e) · 2^(−(asOf − t_e)/h)
 *
 * in float64, over all events of a user at once, each event id once, from the record on by which they were last
 * forgotten. */
import { controlRecordOf } from '../../../libs/event/control-record.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import type { Timescale } from '../../../libs/interest/interest-shape.ts'
import { fingerprintOf, type RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { type SeenItem, SeenItems } from '../../../libs/interest/seen-items.ts'
import type { LogRecord } from '../../../libs/log/event-log.ts'

export interface UserHistory {
  /** Events that weigh something, each once, in the order of the log. */
  readonly events: Map<string, RememberedEvent>
  /** Records that brought an id again. */
  repeated: number
}

export interface ReadLog {
  readonly users: ReadonlyMap<string, UserHistory>
  /** Every id that the log holds. */
  readonly eventIds: ReadonlySet<string>
  /** `topic/partition/offset` of records that are no events. */
  readonly poison: readonly string[]
  readonly records: number
  readonly forgettings: number
}

/** @param records of the events topic, each partition in its order */
export function readHistories(records: Iterable<LogRecord>): ReadLog {
  const users = new Map<string, UserHistory>()
  const eventIds = new Set<string>()
  const poison: string[] = []
  let [count, forgettings] = [0, 0]
  for (const record of records) {
    count++
    const userId = String(record.key)
    const control = controlRecordOf(record)
    if (control?.kind === 'forget') {
      forgettings++
      users.get(userId)?.events.clear()
    }
    if (control !== undefined) continue
    const event = eventOf(record)
    if (event === undefined) {
      poison.push(`${record.topic}/${record.partition}/${record.offset}`)
      continue
    }
    const history = users.get(userId) ?? { events: new Map<string, RememberedEvent>(), repeated: 0 }
    users.set(userId, history)
    if (event.eventId !== undefined) eventIds.add(event.eventId)
    if (history.events.has(event.fingerprint)) history.repeated++
    else if (event.weight !== 0) history.events.set(event.fingerprint, event)
  }
  return { users, eventIds, poison, records: count, forgettings }
}

function eventOf(record: LogRecord): (RememberedEvent & { eventId: string | undefined }) | undefined {
  const { eventId, type, itemId, occurredAt, weight } = parsed(String(record.value))
  const usual = defaultEventWeights[type ?? '']
  if (usual === undefined || itemId === undefined) return undefined
  return {
    eventId,
    fingerprint: fingerprintOf(eventId ?? `${record.topic}/${record.partition}/${record.offset}`),
    itemId,
    type: type!,
    occurredAtMs: occurredAt === undefined ? record.timestampMs : Date.parse(occurredAt),
    weight: weight ?? usual,
  }
}

interface SentEvent {
  readonly eventId?: string
  readonly type?: string
  readonly itemId?: string
  readonly occurredAt?: string
  readonly weight?: number
}

function parsed(text: string): SentEvent {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

export interface RecomputedUser {
  readonly asOfMs: number
  /** By timescale: what the user's vector is, and the sum of the absolute weights in it. */
  readonly vectors: readonly Float64Array[]
  readonly masses: readonly number[]
  readonly absolute: readonly number[]
  readonly remembered: readonly RememberedEvent[]
  readonly waiting: readonly RememberedEvent[]
  readonly seen: readonly SeenItem[]
}

export interface RecomputationRules {
  readonly timescales: readonly Timescale[]
  readonly vectorOf: (itemId: string) => Float32Array | undefined
  readonly dimension: number
  readonly remembered: number
  readonly seen: number
}

export function recompute({ events }: UserHistory, rules: RecomputationRules): RecomputedUser {
  const all = [...events.values()].map(({ fingerprint, itemId, type, occurredAtMs, weight }) => {
    return { fingerprint, itemId, type, occurredAtMs, weight }
  })
  const newestFirst = all.toSorted(
    (a, b) => b.occurredAtMs - a.occurredAtMs || (a.fingerprint < b.fingerprint ? -1 : 1),
  )
  const known = newestFirst.filter(({ itemId }) => rules.vectorOf(itemId) !== undefined)
  const asOfMs = known[0]?.occurredAtMs ?? 0
  const sums = rules.timescales.map(({ halfLifeMs }) => {
    const sum = { vector: new Float64Array(rules.dimension), mass: 0, absolute: 0 }
    for (const { itemId, occurredAtMs, weight } of known) {
      const left = weight * 2 ** (-(asOfMs - occurredAtMs) / halfLifeMs)
      sum.mass += left
      sum.absolute += Math.abs(left)
      for (const [i, component] of rules.vectorOf(itemId)!.entries()) sum.vector[i]! += left * component
    }
    return sum
  })
  const seen = new SeenItems()
  for (const event of all) seen.see(event, rules.seen)
  return {
    asOfMs,
    vectors: sums.map(({ vector }) => vector),
    masses: sums.map(({ mass }) => mass),
    absolute: sums.map(({ absolute }) => absolute),
    remembered: known.slice(0, rules.remembered),
    waiting: newestFirst.filter(({ itemId }) => rules.vectorOf(itemId) === undefined),
    seen: seen.items,
  }
}
