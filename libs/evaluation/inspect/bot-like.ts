import type { History } from '../history-data.ts'

/** A user who hardly can be a person. */
export interface BotLike {
  readonly user: number
  readonly events: number
  readonly reason: string
}

const HOUR_MS = 3_600_000
/** An event every seven seconds for an hour. */
const MOST_IN_AN_HOUR = 500
/** Fewer pauses than this may look regular by chance. */
const FEWEST_PAUSES = 50
/** Four of five pauses lie within this share of their median. */
const REGULAR = 0.1
const FEWEST_ON_ONE_ITEM = 100
const ON_ONE_ITEM = 0.9

/** Users who are too fast, too regular, or do nothing but one thing; those with most events first. */
export function botLikeUsers(history: History): BotLike[] {
  const found: BotLike[] = []
  for (let user = 0; user + 1 < history.starts.length; user++) {
    const [from, to] = [history.starts[user]!, history.starts[user + 1]!]
    const times = history.times.subarray(from, to)
    const reason = tooFast(times) ?? tooRegular(times) ?? oneThingOnly(history.items.subarray(from, to))
    if (reason !== undefined) found.push({ user, events: to - from, reason })
  }
  return found.sort((a, b) => b.events - a.events || a.user - b.user)
}

/** @param times float64[events], ms, rising */
function tooFast(times: Float64Array): string | undefined {
  let most = 0
  for (let from = 0, to = 0; to < times.length; to++) {
    while (times[to]! - times[from]! >= HOUR_MS) from++
    most = Math.max(most, to - from + 1)
  }
  return most >= MOST_IN_AN_HOUR ? `${most} events within an hour` : undefined
}

function tooRegular(times: Float64Array): string | undefined {
  const pauses = times
    .subarray(1)
    .map((time, p) => time - times[p]!)
    .filter((pause) => pause > 0)
    .sort()
  if (pauses.length < FEWEST_PAUSES) return undefined
  const at = (share: number): number => pauses[Math.floor(share * (pauses.length - 1))]!
  const median = at(0.5)
  if (at(0.9) - median > REGULAR * median || median - at(0.1) > REGULAR * median) return undefined
  return `an event every ${Math.round(median / 1_000)} s`
}

function oneThingOnly(items: Int32Array): string | undefined {
  if (items.length < FEWEST_ON_ONE_ITEM) return undefined
  const counts = new Map<number, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  // A crawler has more items than a call may have arguments.
  const share = [...counts.values()].reduce((most, count) => Math.max(most, count)) / items.length
  return share > ON_ONE_ITEM ? `${Math.round(100 * share)} % of the events on one item` : undefined
}
