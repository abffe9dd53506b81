import { accuracyMeasures } from './accuracy.ts'
import type { Dataset } from './history-data.ts'
import type { Case } from './split.ts'

/** Users told apart by one thing: the number of the group of each case, or −1. */
export interface Grouping {
  readonly name: string
  readonly groups: readonly string[]
  readonly groupOf: Int32Array
}

/** A group of fewer says nothing. */
const SMALLEST_GROUP = 10
/** An attribute with more values than this tells users apart, not groups. */
const MOST_GROUPS = 20

/** Thirds by how much a user did before the question, and a grouping for each attribute given. */
export function groupingsOf(cases: readonly Case[], dataset: Dataset): Grouping[] {
  const lengths = Float64Array.from(cases, (asked) => asked.items.length).sort()
  const thirds = [1, 2].map((third) => lengths[Math.floor((third * lengths.length) / 3)] ?? 0)
  const activity: Grouping = {
    name: 'activity',
    groups: ['low', 'middle', 'high'],
    groupOf: Int32Array.from(cases, ({ items }) => thirds.filter((bound) => items.length > bound).length),
  }
  const attributes = [...dataset.attributes].flatMap(([name, values]): Grouping[] => {
    const ofCase = cases.map(({ user }) => values.get(dataset.userIds[user]!) ?? '')
    const groups = [...new Set(ofCase)].filter((value) => value !== '').sort()
    if (groups.length < 2 || groups.length > MOST_GROUPS) return []
    return [{ name, groups, groupOf: Int32Array.from(ofCase, (value) => groups.indexOf(value)) }]
  })
  return [activity, ...attributes]
}

/** For each measure the mean of the best-served group less that of the worst-served one. */
export function gapsOf(
  accuracies: readonly Float64Array[],
  { groups, groupOf }: Grouping,
): Record<string, number> {
  const members = groups.map((_, g) => accuracies.filter((_, c) => groupOf[c] === g))
  const large = members.filter((group) => group.length >= SMALLEST_GROUP)
  if (large.length < 2) return {}
  return Object.fromEntries(
    accuracyMeasures.map((measure, m) => {
      const means = large.map((group) => group.reduce((sum, values) => sum + values[m]!, 0) / group.length)
      return [measure, Math.max(...means) - Math.min(...means)]
    }),
  )
}
