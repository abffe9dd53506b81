import { LONGEST_PAUSE_MS } from '../../interest/sessions.ts'
import type { EpochMs } from '../../interest/time.ts'
import { type CountsBefore, countsBefore, type TimedItems } from '../counts-before.ts'
import type { ScoreSource } from '../past.ts'
import type { TimedSequences } from '../sequences.ts'
import { DAY_MS } from './popularity.ts'

/** Half-lives in days; the last is the one that others are compared with. */
const HALF_LIVES = [7, 30, 120] as const

/** What is wanted more than it was, `rising`: the part of its count of 120 days that a shorter memory has too, one event being
 *  added to the whole, so that what nobody had does not rise. And what people come for, `arrivals`: the logarithm of counts of
 *  what begins a visit, which is something else than what they go on to. */
const NAMES = ['rising@7d', 'rising@30d', 'arrivals@7d', 'arrivals@30d', 'arrivals@120d'] as const

/** Of history, as it stood when each question was asked. */
export function lately(history: TimedSequences): ScoreSource {
  const scoresAt = latelyAt(history)
  return {
    names: NAMES,
    score: ({ nowMs }, scores) => {
      for (const [n, own] of scoresAt(nowMs).entries()) scores[n]!.set(own)
    },
  }
}

/** As it stood when a model was learned: one source for each, so that what weighs nothing costs nothing.
 *  @param scores in the order of the names, float64[catalogSize] each; none at all where nothing was learned of it */
export function latelyLearned(scores: readonly Float64Array[]): ScoreSource[] {
  return scores.map((known, n) => ({ names: [NAMES[n]!], score: (_, [own]) => own!.set(known) }))
}

/** What a model keeps: the scores at the end of its history. */
export function learnLately(history: TimedSequences): Float64Array[] {
  const lastMs = history.times.reduce((a, b) => Math.max(a, b), 0)
  return latelyAt(history)(lastMs + 1).map((scores) => scores.slice())
}

function latelyAt(history: TimedSequences): (nowMs: EpochMs) => readonly Float64Array[] {
  const halfLivesMs = HALF_LIVES.map((days) => days * DAY_MS)
  const all = countsBefore(history, halfLivesMs)
  const first = countsBefore(arrivalsIn(history), halfLivesMs)
  const scores = NAMES.map(() => new Float64Array(history.catalogSize))
  return (nowMs) => {
    const [week, month, long] = all(nowMs)
    partOf(week!, long!, scores[0]!)
    partOf(month!, long!, scores[1]!)
    for (const [h, counts] of first(nowMs).entries()) logsOf(counts, scores[2 + h]!)
    return scores
  }
}

function partOf(short: CountsBefore, long: CountsBefore, parts: Float64Array): void {
  for (let item = 0; item < parts.length; item++) {
    parts[item] = (short.scale * short.counts[item]!) / (1 + long.scale * long.counts[item]!)
  }
}

/** A count below this is as good as none: that of one event ten half-lives ago. */
const FAINT = 1e-3

function logsOf({ counts, scale }: CountsBefore, logs: Float64Array): void {
  const times = scale / FAINT
  for (let item = 0; item < counts.length; item++) logs[item] = Math.log1p(times * counts[item]!)
}

/** The events that begin a visit, and those of the same time, of which nobody knows which was first. */
function arrivalsIn({ starts, items, times, catalogSize }: TimedSequences): TimedItems {
  const first: number[] = []
  for (let user = 0; user + 1 < starts.length; user++) {
    let begins = true
    for (let p = starts[user]!; p < starts[user + 1]!; p++) {
      const pause = p === starts[user] ? Number.POSITIVE_INFINITY : times[p]! - times[p - 1]!
      if (pause > 0) begins = pause > LONGEST_PAUSE_MS
      if (begins) first.push(p)
    }
  }
  return {
    items: Int32Array.from(first, (p) => items[p]!),
    times: Float64Array.from(first, (p) => times[p]!),
    catalogSize,
  }
}
