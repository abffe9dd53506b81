import type { Dataset } from './history-data.ts'
import type { Case } from './split.ts'

/** Users told apart by one thing: the number of the group of each case, or −1. */
export interface Grouping {
  readonly name: string
  readonly groups: readonly string[]
  readonly groupOf: Int32Array
}

/** By group: how many cases, and each measure. */
export type GroupMeasures = Readonly<Record<string, Readonly<Record<string, number>>>>

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

/** Measures of every group that is large enough.
 *  @param measuresOf of the cases with these numbers */
export function measuresByGroup(
  { groups, groupOf }: Grouping,
  measuresOf: (numbers: readonly number[]) => Readonly<Record<string, number>>,
): GroupMeasures {
  const members = groups.map((group, g) => {
    const numbers = [...groupOf.keys()].filter((c) => groupOf[c] === g)
    return { group, numbers }
  })
  const large = members.filter(({ numbers }) => numbers.length >= SMALLEST_GROUP)
  return Object.fromEntries(large.map(({ group, numbers }) => [group, measuresOf(numbers)]))
}

/** For each measure the largest figure of a group less the smallest; none where there are not two groups. */
export function gapsOf(measures: GroupMeasures): Record<string, number> {
  const [first, ...others] = Object.values(measures)
  if (first === undefined || others.length === 0) return {}
  const shared = Object.keys(first).filter(
    (name) => name !== 'users' && others.every((group) => name in group),
  )
  return Object.fromEntries(
    shared.map((name) => {
      const values = [first, ...others].map((group) => group[name]!)
      return [name, Math.max(...values) - Math.min(...values)]
    }),
  )
}
