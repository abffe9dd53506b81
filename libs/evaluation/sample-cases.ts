import { randomFrom } from '../learning/random.ts'
import type { Case } from './split.ts'

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
