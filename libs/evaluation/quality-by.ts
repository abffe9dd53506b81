import { accuracyMeasures, accuracyOf } from './accuracy.ts'
import type { Evaluation } from './evaluate.ts'
import type { Case } from './split.ts'

/** Something by which cases fall into groups that stand in an order. */
export interface CaseGroups {
  readonly names: readonly string[]
  groupOf(asked: Case): number
}

const LENGTHS = [5, 10, 20, 50, 100, 200]

export const lengthGroups: CaseGroups = {
  names: [...LENGTHS.map((bound) => `≤ ${bound}`), '> 200'],
  groupOf: ({ items }) => belowFirst(LENGTHS, items.length),
}

const AGES = [
  ['at once', 0],
  ['≤ 1 min', 60_000],
  ['≤ 30 min', 1_800_000],
  ['≤ 1 day', 86_400_000],
  ['≤ 1 week', 604_800_000],
] as const

export const ageGroups: CaseGroups = {
  names: [...AGES.map(([name]) => name), 'longer'],
  groupOf: ({ nowMs, times }) =>
    belowFirst(
      AGES.map(([, bound]) => bound),
      nowMs - times.at(-1)!,
    ),
}

function belowFirst(bounds: readonly number[], value: number): number {
  const at = bounds.findIndex((bound) => value <= bound)
  return at === -1 ? bounds.length : at
}

export interface GroupQuality {
  readonly method: string
  readonly group: string
  readonly users: number
  readonly ndcg: number
}

/** Mean NDCG@10 of each method in each group that has somebody in it. */
export function qualityBy({ cases, methods, ranked }: Evaluation, groups: CaseGroups): GroupQuality[] {
  const ndcg = accuracyMeasures.indexOf('ndcg@10')
  return methods.flatMap(({ name }, m) => {
    const values: number[][] = groups.names.map(() => [])
    cases.forEach((asked, c) => {
      values[groups.groupOf(asked)]!.push(accuracyOf(ranked[m]![c]!.ranks)[ndcg]!)
    })
    return values.flatMap((own, g) => {
      if (own.length === 0) return []
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length
      return [{ method: name, group: groups.names[g]!, users: own.length, ndcg: mean }]
    })
  })
}
