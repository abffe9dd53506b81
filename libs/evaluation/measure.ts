import type { MixtureWeights } from '../learning/mixture.ts'
import { accuracyMeasures, accuracyOf } from './accuracy.ts'
import { type Interval, meanInterval } from './bootstrap.ts'
import { exposureOf, type Shown } from './exposure.ts'
import type { Method, MethodName } from './method.ts'
import type { Ranked } from './ranked.ts'
import type { Case } from './split.ts'
import { type Grouping, gapsOf } from './user-groups.ts'

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
  /** By grouping: how much better the best-served group fares than the worst-served. */
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
  options: MeasureOptions,
): MethodResult {
  const accuracies = accuraciesOf(ranked)
  const everyone = cases.map((_, c) => c)
  const members = { all: everyone, untied: everyone.filter((c) => cases[c]!.untied) }
  const perSubset = <T>(make: (numbers: readonly number[]) => T): Record<SubsetName, T> => {
    return { all: make(members.all), untied: make(members.untied) }
  }
  const valuesOf = (numbers: readonly number[], m: number): Float64Array => {
    return Float64Array.from(numbers, (c) => accuracies[c]![m]!)
  }
  const change = (numbers: readonly number[], m: number): Difference => {
    const values = Float64Array.from(numbers, (c) => accuracies[c]![m]! - baseline.accuracies[c]![m]!)
    const [low, high] = meanInterval(values, options.seed)
    return { mean: meanOf(values), low, high }
  }
  return {
    name: method.name,
    subsets: perSubset((numbers) => ({
      users: numbers.length,
      ...byMeasure((m) => meanOf(valuesOf(numbers, m))),
      ...exposureOf(
        numbers.map((c) => cases[c]!),
        numbers.map((c) => ranked[c]!),
        options.shown,
      ),
    })),
    intervals: perSubset((numbers) => byMeasure((m) => meanInterval(valuesOf(numbers, m), options.seed))),
    differences: {
      baseline: baseline.name,
      subsets: perSubset((numbers) => byMeasure((m) => change(numbers, m))),
    },
    gaps: Object.fromEntries(
      options.groupings.map((grouping) => [grouping.name, gapsOf(accuracies, grouping)]),
    ),
    weights: method.weights,
    ...(method.weightsAfterPause && { weightsAfterPause: method.weightsAfterPause }),
  }
}

export function accuraciesOf(ranked: readonly Ranked[]): Float64Array[] {
  return ranked.map(({ ranks }) => accuracyOf(ranks))
}

function byMeasure<T>(make: (m: number) => T): Record<string, T> {
  return Object.fromEntries(accuracyMeasures.map((name, m) => [name, make(m)]))
}

function meanOf(values: Float64Array): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
}
