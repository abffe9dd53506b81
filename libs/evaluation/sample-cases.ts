import { randomFrom } from '../learning/random.ts'
import type { Case, Period } from './split.ts'

/** Enough to tune two dozen weights; more only take time. Where the catalog is large, fewer are scored against it. */
const MOST_VALIDATION_CASES = 4_000
const FEWEST_VALIDATION_CASES = 1_000
const MOST_VALIDATION_SCORES = 4e7

/** At most `most` of the cases, drawn by the seed, in the order of their time: as a stream would bring them. */
export function sampleCases(cases: readonly Case[], most: number, seed: number): Case[] {
  return drawn(cases, most, seed).toSorted((a, b) => a.nowMs - b.nowMs || a.user - b.user)
}

function drawn(cases: readonly Case[], most: number, seed: number): readonly Case[] {
  if (cases.length <= most) return cases
  const random = randomFrom(seed)
  const lots = cases.map((asked) => ({ asked, lot: random() })).sort((a, b) => a.lot - b.lot)
  return lots.slice(0, most).map(({ asked }) => asked)
}

/** The cases on which weights are tuned. */
export function sampleForTuning({ train, cases }: Period, seed: number): Case[] {
  const affordable = Math.floor(MOST_VALIDATION_SCORES / train.catalogSize)
  const most = Math.min(MOST_VALIDATION_CASES, Math.max(FEWEST_VALIDATION_CASES, affordable))
  return sampleCases(cases, most, seed)
}

/** The same in two halves, none of whose users is in both: by one a search takes its steps, by the other what it found is
 *  confirmed. */
export interface Halves {
  readonly climbing: readonly Case[]
  readonly confirming: readonly Case[]
}

export function halvesForTuning(validation: Period, seed: number): Halves {
  const cases = sampleForTuning(validation, seed)
  const isFirst = ({ user }: Case): boolean => user % 2 === 0
  return { climbing: cases.filter(isFirst), confirming: cases.filter((asked) => !isFirst(asked)) }
}
