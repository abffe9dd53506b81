import type { EpochMs } from '../interest/time.ts'
import { hadItems } from '../learning/had-items.ts'
import type { Past } from '../learning/past.ts'
import type { History } from './history-data.ts'

/** A question of which the answer is known. */
export interface Case extends Past {
  readonly user: number
  /** Items that the user went on to, each once. */
  readonly targets: Int32Array
  /** The first of them came later than the newest event of the past, and not at the same time. */
  readonly untied: boolean
}

/** What may be learned from, and what is asked after it. */
export interface Period {
  readonly train: History
  readonly cases: readonly Case[]
}

export interface Split {
  readonly name: SplitName
  /** Everything that is tuned is tuned here. No event of it is asked about in the test. */
  readonly validation: Period
  readonly test: Period
}

export const splitNames = ['leave-one-out', 'time', 'cold-items'] as const
export type SplitName = (typeof splitNames)[number]

export function splitBy(name: SplitName, history: History): Split {
  if (name === 'leave-one-out') return leaveOneOut(history)
  return timeSplit(name, history, momentAt(history, VALIDATION_FROM), momentAt(history, TEST_FROM))
}

/** Each user's last event is the test's, those before it the validation's; all others are learned from, whenever they
 *  happened. Users with too few events for both are only learned from. */
function leaveOneOut(history: History): Split {
  const users = history.starts.length - 1
  const asked = Math.min(MOST_VALIDATED, Math.ceil(ENOUGH_CASES / users))
  return { name: 'leave-one-out', validation: withheld(history, 1, asked), test: withheld(history, 0, 1) }
}

/** So many cases make a validation steady; where there are few users, each is asked about several events. */
const ENOUGH_CASES = 3_000
const MOST_VALIDATED = 4

/** Leaves out each user's last `later` events and asks about the `asked` before those, as long as one remains. */
function withheld(history: History, later: number, asked: number): Period {
  const { starts, items } = history
  const cases: Case[] = []
  const ends = starts.slice(1).map((end, user) => {
    const until = end - later
    const from = Math.max(until - asked, Math.min(until, starts[user]! + FEWEST_PAST))
    for (let p = from; p < until; p++) cases.push(caseOf(history, user, p, [items[p]!]))
    return Math.max(from, starts[user]! + 1)
  })
  return { train: cutAt(history, ends), cases }
}

const FEWEST_PAST = 1

/** Share of all events before the test, and before the validation. */
export const TEST_FROM = 0.9
export const VALIDATION_FROM = 0.8

/** Before a moment is learned from, after it is asked: nothing of the future leaks into counts or tuning. `cold-items`
 *  asks only about items that nobody had before that moment. */
export function timeSplit(
  name: 'time' | 'cold-items',
  history: History,
  validationMs: EpochMs,
  testMs: EpochMs,
): Split {
  const period = (fromMs: EpochMs, toMs: EpochMs): Period => {
    const ends = endsBefore(history, fromMs)
    const train = cutAt(history, ends)
    const known = new Set(train.items)
    const cases: Case[] = []
    endsBefore(history, toMs).forEach((until, user) => {
      const end = ends[user]!
      if (end === history.starts[user]) return
      const after = history.items.subarray(end, until)
      const targets = name === 'time' ? after : after.filter((item) => !known.has(item))
      if (targets.length > 0) cases.push(caseOf(history, user, end, targets))
    })
    return { train, cases }
  }
  return {
    name,
    validation: period(validationMs, testMs),
    test: period(testMs, Number.POSITIVE_INFINITY),
  }
}

/** Before it lies this share of all events. */
export function momentAt({ times }: History, share: number): EpochMs {
  return times.toSorted()[Math.floor(share * times.length)]!
}

/** For each user the index of the first event at or after `ms`. */
function endsBefore({ starts, times }: History, ms: EpochMs): Int32Array {
  return starts.slice(1).map((end, user) => {
    let p = end
    while (p > starts[user]! && times[p - 1]! >= ms) p--
    return p
  })
}

function caseOf(history: History, user: number, end: number, targets: Iterable<number>): Case {
  const start = history.starts[user]!
  const items = history.items.subarray(start, end)
  const times = history.times.subarray(start, end)
  return {
    user,
    items,
    times,
    weights: history.weights.subarray(start, end),
    nowMs: history.times[end]!,
    had: hadItems(items, times),
    targets: Int32Array.from(new Set(targets)),
    untied: history.times[end]! > history.times[end - 1]!,
  }
}

/** The events of each user up to, and without, the index in `ends`. */
function cutAt(history: History, ends: Int32Array): History {
  const keep = new Uint8Array(history.items.length)
  ends.forEach((end, user) => {
    keep.fill(1, history.starts[user], end)
  })
  const starts = new Int32Array(history.starts.length)
  ends.forEach((end, user) => {
    starts[user + 1] = starts[user]! + end - history.starts[user]!
  })
  return {
    starts,
    items: history.items.filter((_, p) => keep[p] === 1),
    times: history.times.filter((_, p) => keep[p] === 1),
    weights: history.weights.filter((_, p) => keep[p] === 1),
    catalogSize: history.catalogSize,
  }
}
