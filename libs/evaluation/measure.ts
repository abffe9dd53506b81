import type { MixtureWeights } from '../learning/mixture.ts'
import { accuracyMeasures, accuracyOf } from './accuracy.ts'
import { type Interval, meanIntervals } from './bootstrap.ts'
import { exposureOf, type Shown } from './exposure.ts'
import type { Method, MethodName } from './method.ts'
import type { Ranked } from './ranked.ts'
import type { Case } from './split.ts'
import { type Grouping, type GroupMeasures, gapsOf, measuresByGroup } from './user-groups.ts'

export type SubsetName = 'all' | 'untied'

/** Number of users (for `leave-one-out`: of cases) and each measure's mean, by name. */
export type Subset = Readonly<Record<string, number>>

export interface MethodResult {
  readonly name: MethodName
  readonly subsets: Readonly<Record<SubsetName, Subset>>
  /** 95 % bootstrap intervals. */
  readonly intervals: Readonly<Record<SubsetName, Readonly<Record<string, Interval>>>>
  /** Paired: mean of this method's measure less the baseline's, over the same cases. */
  readonly differences: {
    readonly baseline: MethodName
    readonly subsets: Readonly<Record<SubsetName, Readonly<Record<string, Difference>>>>
  }
  /** By grouping: the measures of each group of users, */
  readonly groups: Readonly<Record<string, GroupMeasures>>
  /** and how far the groups lie apart in each. */
  readonly gaps: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly weights: MixtureWeights
  readonly weightsAfterPause?: MixtureWeights
}

interface Difference {
  readonly mean: number
  readonly low: number
  readonly high: number
}

export interface MeasureOptions {
  readonly shown: Shown
  readonly groupings: readonly Grouping[]
  readonly seed: number
}

/** What one method came to; `baseline` are the accuracies that it is compared with. */
export function measure(
  method: Method,
  cases: readonly Case[],
  ranked: readonly Ranked[],
  baseline: { readonly name: MethodName; readonly accuracies: readonly Float64Array[] },
  { groupings, seed, shown }: MeasureOptions,
): MethodResult {
  const accuracies = accuraciesOf(ranked)
  const changes = accuracies.map((own, c) => own.map((value, m) => value - baseline.accuracies[c]![m]!))
  const measuresOf = (numbers: readonly number[]): Subset => ({
    users: numbers.length,
    ...byMeasure((m) => meanOf(columnOf(accuracies, numbers, m))),
    ...exposureOf(
      numbers.map((c) => cases[c]!),
      numbers.map((c) => ranked[c]!),
      shown,
    ),
  })
  const subsetOf = (numbers: readonly number[]) => {
    const columns = [accuracies, changes].flatMap((values) => {
      return accuracyMeasures.map((_, m) => columnOf(values, numbers, m))
    })
    const bounds = meanIntervals(columns, seed)
    return {
      measures: measuresOf(numbers),
      intervals: byMeasure((m) => bounds[m]!),
      differences: byMeasure((m): Difference => {
        const [low, high] = bounds[accuracyMeasures.length + m]!
        return { mean: meanOf(columns[accuracyMeasures.length + m]!), low, high }
      }),
    }
  }
  const all = subsetOf([...cases.keys()])
  const untied = subsetOf([...cases.keys()].filter((c) => cases[c]!.untied))
  const groups = Object.fromEntries(groupings.map((each) => [each.name, measuresByGroup(each, measuresOf)]))
  return {
    name: method.name,
    subsets: { all: all.measures, untied: untied.measures },
    intervals: { all: all.intervals, untied: untied.intervals },
    differences: {
      baseline: baseline.name,
      subsets: { all: all.differences, untied: untied.differences },
    },
    groups,
    gaps: Object.fromEntries(Object.entries(groups).map(([name, measures]) => [name, gapsOf(measures)])),
    weights: method.weights,
    ...(method.weightsAfterPause && { weightsAfterPause: method.weightsAfterPause }),
  }
}

export function accuraciesOf(ranked: readonly Ranked[]): Float64Array[] {
  return ranked.map(({ ranks }) => accuracyOf(ranks))
}

/** Measure m of the cases with these numbers. */
function columnOf(values: readonly Float64Array[], numbers: readonly number[], m: number): Float64Array {
  return Float64Array.from(numbers, (c) => values[c]![m]!)
}

function byMeasure<T>(make: (m: number) => T): Record<string, T> {
  return Object.fromEntries(accuracyMeasures.map((name, m) => [name, make(m)]))
}

function meanOf(values: Float64Array): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
}
