/** One measured figure beside its reference from the same run. */
export interface Figure {
  readonly name: string
  /** Median over the runs. */
  readonly figure: number
  readonly unit: string
  /** Median of what it is compared with, in the same unit. */
  readonly reference: number
  /** What the references allow at best; the reference itself where there is only one. */
  readonly limit: number
  /** Median over the runs of figure / limit: this is the result, the rest depends on the machine. */
  readonly ratio: number
  readonly goal: string
  readonly met: boolean
  readonly runs: readonly Run[]
}

export interface Run {
  readonly figure: number
  readonly limit: number
  readonly references: Readonly<Record<string, number>>
}

export interface Goal {
  readonly sense: 'at least' | 'at most'
  readonly ratio: number
}

/** @param runs one pair or more of figure and limit, each pair measured side by side */
export function figureOf(name: string, unit: string, goal: Goal, runs: readonly Run[]): Figure {
  const ratio = median(runs.map((run) => run.figure / run.limit))
  return {
    name,
    figure: median(runs.map((run) => run.figure)),
    unit,
    reference: median(runs.map((run) => Object.values(run.references)[0] ?? run.limit)),
    limit: median(runs.map((run) => run.limit)),
    ratio,
    goal: `${goal.sense} ${goal.ratio}`,
    met: goal.sense === 'at least' ? ratio >= goal.ratio : ratio <= goal.ratio,
    runs,
  }
}

/** What a chain of two steps can do at best, when each alone does so much: 1 / (1/a + 1/b). */
export function chained(a: number, b: number): number {
  return 1 / (1 / a + 1 / b)
}

/** @throws for an empty list, of which there is no median */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('the median of nothing was asked for')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Half the distance between the largest and the smallest ratio, as a part of their median. */
export function spreadOf({ runs, ratio }: Figure): number {
  const ratios = runs.map((run) => run.figure / run.limit)
  return (Math.max(...ratios) - Math.min(...ratios)) / 2 / ratio
}
