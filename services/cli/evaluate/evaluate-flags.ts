import type { MethodName, PartName } from '../../../libs/evaluation/method.ts'
import type { SplitName } from '../../../libs/evaluation/split.ts'

export interface EvaluateFlags {
  readonly split: SplitName
  readonly minCore: number
  readonly methods: readonly MethodName[]
  readonly without: readonly PartName[]
  readonly users: number | 'all' | undefined
  readonly seed: number
  readonly config?: string
  readonly json?: string
  readonly csv?: string
  readonly report?: string
}
