import type { Evaluation, Protocol } from '../../../libs/evaluation/evaluate.ts'
import type { CleaningReport, Dataset } from '../../../libs/evaluation/history-data.ts'
import type { MethodResult } from '../../../libs/evaluation/measure.ts'

/** What `--json` writes. It holds no time and no path: the same run gives the same bytes. */
export interface EvaluationDocument {
  readonly data: CleaningReport & { readonly name: string }
  readonly protocol: Protocol & { readonly textModel: string | undefined }
  readonly methods: readonly MethodResult[]
}

export function documentOf(
  dataset: Dataset,
  { protocol, methods }: Evaluation,
  textModel: string | undefined,
): EvaluationDocument {
  return { data: { name: dataset.name, ...dataset.report }, protocol: { ...protocol, textModel }, methods }
}

/** Digits beyond these are noise of the last bit. */
const DIGITS = 6

export function jsonOf(document: EvaluationDocument): string {
  const rounded = (_: string, value: unknown): unknown => {
    return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value
  }
  return `${JSON.stringify(document, rounded, 2)}\n`
}

/** One row for each method, subset and measure, with its interval where it has one. */
export function csvOf({ methods }: EvaluationDocument): string {
  const rows = methods.flatMap(({ name, subsets, intervals }) =>
    Object.entries(subsets).flatMap(([subset, measures]) =>
      Object.entries(measures).map(([measure, value]) => {
        const [low, high] = intervals[subset as keyof typeof intervals][measure] ?? ['', '']
        return [name, subset, measure, value, low, high].map((cell) => {
          return typeof cell === 'number' ? Number(cell.toPrecision(DIGITS)) : cell
        })
      }),
    ),
  )
  return [['method', 'subset', 'measure', 'value', 'low', 'high'], ...rows]
    .map((row) => `${row.join(',')}\n`)
    .join('')
}
