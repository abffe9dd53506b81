import type { MixtureWeights } from '../learning/mixture.ts'
import type { Past } from '../learning/past.ts'

/** A way to rank: a mixture of standard scores. A baseline is one with a single component, by the same code path. */
export interface Method {
  readonly name: MethodName
  readonly weights: MixtureWeights
  /** For users who come back after a pause, where that was tuned by itself. */
  readonly weightsAfterPause?: MixtureWeights
}

/** From here on the newest event says less about what is wanted now, and what everybody wants says more: the half-life of
 *  the `session` timescale. */
const PAUSE_MS = 1_800_000

export function isAfterPause({ nowMs, times }: Past): boolean {
  return nowMs - times.at(-1)! > PAUSE_MS
}

export const methodNames = [
  'popularity',
  'decayed-popularity',
  'last-item',
  'item-knn',
  'text',
  'behavior',
  'item-item',
  'blend',
] as const
export type MethodName = (typeof methodNames)[number]

/** What can be switched off, by the beginning of the components' names. */
export const partNames = [
  'popularity',
  'decayed-popularity',
  'item-knn',
  'together',
  'text',
  'behavior',
  'item-item',
  'own-items',
] as const
export type PartName = (typeof partNames)[number]
