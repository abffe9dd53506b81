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
  /** `at least 0.8`; `none` where the figure is only shown. */
  readonly goal: string
  readonly runs: readonly Run[]
}

export interface Run {
  readonly figure: number
  readonly limit: number
  /** By name; the first is the one that is shown. */
  readonly references: Readonly<Record<string, number>>
}

export interface Goal {
  readonly sense: 'at least' | 'at most'
  readonly ratio: number
}

/** @param runs one pair or more of figure and limit, each pair measured side by side
 *  @param goal undefined: the figure is only shown */
export function figureOf(name: string, unit: string, goal: Goal | undefined, runs: readonly Run[]): Figure {
  return {
    name,
    figure: median(runs.map((run) => run.figure)),
    unit,
    reference: median(runs.map((run) => Object.values(run.references)[0] ?? run.limit)),
    limit: median(runs.map((run) => run.limit)),
    ratio: median(runs.map((run) => run.figure / run.limit)),
    goal: goal === undefined ? 'none' : `${goal.sense} ${goal.ratio}`,
    runs,
  }
}

/** A run whose only reference is its limit. */
export function against(reference: string, figure: number, limit: number): Run {
  return { figure, limit, references: { [reference]: limit } }
}

/** undefined: there is no goal. */
export function isMet({ goal, ratio }: Pick<Figure, 'goal' | 'ratio'>): boolean | undefined {
  const [, sense, wanted] = /^(at least|at most) (.+)$/.exec(goal) ?? []
  if (sense === undefined) return undefined
  return sense === 'at least' ? ratio >= Number(wanted) : ratio <= Number(wanted)
}

/** What a chain of two steps can do at best, when each alone does so much: 1 / (1/a + 1/b). */
export function chained(a: number, b: number): number {
  return 1 / (1 / a + 1 / b)
}

/** @throws for an empty list, of which there is no median */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('the median of nothing was asked for')
  return quantile(values, 0.5)
}

/** Between two values in proportion. `part`: 0 … 1 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)]!
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1)
}

/** Half the distance between the largest and the smallest ratio, as a part of their median. */
export function spreadOf({ runs, ratio }: Figure): number {
  const ratios = runs.map((run) => run.figure / run.limit)
  return (Math.max(...ratios) - Math.min(...ratios)) / 2 / ratio
}
