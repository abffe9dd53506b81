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
/** Of one attribute. */
const MOST_GROUPS = 20

const ACTIVITY = 'activity'

/** Thirds by how much a user did before the question, and a grouping for each attribute given. */
export function groupingsOf(cases: readonly Case[], dataset: Dataset): Grouping[] {
  const lengths = cases.map((asked) => asked.items.length)
  const attributes = [...dataset.attributes].map(([column, values]) => {
    const name = column === ACTIVITY ? `users.${column}` : column
    const ofCase = cases.map(({ user }) => values.get(dataset.userIds[user]!) ?? '')
    return attributeGrouping(name, ofCase)
  })
  return [
    { ...thirdsOf(ACTIVITY, lengths), groups: ['low', 'middle', 'high'] },
    ...attributes.filter(({ groups }) => groups.length > 1),
  ]
}

/** A group for each value, of the most frequent ones; numbers of many values in thirds. */
function attributeGrouping(name: string, ofCase: readonly string[]): Grouping {
  const counts = new Map<string, number>()
  for (const value of ofCase) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
  const values = [...counts.keys()]
  if (values.length > MOST_GROUPS && values.every((value) => Number.isFinite(Number(value)))) {
    return thirdsOf(
      name,
      ofCase.map((value) => (value === '' ? Number.NaN : Number(value))),
    )
  }
  const frequent = values.sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1))
  const groups = frequent.slice(0, MOST_GROUPS).sort()
  return { name, groups, groupOf: Int32Array.from(ofCase, (value) => groups.indexOf(value)) }
}

/** Three groups of about one size, as far as equal numbers allow; −1 for NaN. */
function thirdsOf(name: string, values: readonly number[]): Grouping {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort()
  const [low = 0, high = 0] = [1, 2].map((third) => sorted[Math.floor((third * sorted.length) / 3)])
  return {
    name,
    groups: [`≤ ${low}`, `≤ ${high}`, `> ${high}`],
    groupOf: Int32Array.from(values, (value) => {
      return Number.isNaN(value) ? -1 : Number(value > low) + Number(value > high)
    }),
  }
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
