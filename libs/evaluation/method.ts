import { type MixtureWeights, partOf } from '../learning/mixture.ts'

/** A way to rank: a mixture of standard scores. A baseline is one with a single component, by the same code path. */
export interface Method {
  readonly name: MethodName
  readonly weights: MixtureWeights
  /** For users who come back after a pause, where that was tuned by itself. */
  readonly weightsAfterPause?: MixtureWeights
}

export const methodNames = [
  'popularity',
  'decayed-popularity',
  'last-item',
  'item-knn',
  'text',
  'behavior',
  'item-item',
  'equal-tables',
  'blend',
] as const
export type MethodName = (typeof methodNames)[number]

/** What is compared unless others are asked for. The item–item tables, all weighing the same, are what this project began
 *  from: a reference for the blend, and not a baseline that anybody would know. */
export const usualMethods: readonly MethodName[] = methodNames.filter((name) => name !== 'equal-tables')

/** What can be switched off, by the beginning of the components' names. */
export const partNames = [
  'popularity',
  'decayed-popularity',
  'rising',
  'arrivals',
  'item-knn',
  'together',
  'session-knn',
  'text',
  'behavior',
  'item-item',
  'own-items',
] as const
export type PartName = (typeof partNames)[number]

/** Whether a component is of none of these parts. */
export function wantedBut(without: readonly PartName[]): (component: string) => boolean {
  return (component) => !without.some((part) => part === partOf(component))
}
