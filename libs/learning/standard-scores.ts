import type { Past, ScoreSource } from './past.ts'
import { standardise } from './standardise.ts'

/** Standard scores of all components for one past after another, in memory that is used again. */
export interface StandardScores {
  readonly names: readonly string[]
  /** By component: float64[catalogSize], valid until the next call. */
  of(past: Past): readonly Float64Array[]
  /** By component: the standard deviation of the scores that were brought to 1 last, 0 where they were all alike. */
  readonly deviations: Float64Array
  /** By component: what each event of a past adds to the score of an item before it is brought to standard, float64[events],
   *  oldest first; zeros where it is no sum over events. */
  sharing(past: Past): (item: number) => readonly Float64Array[]
}

/** Components of which `wanted` says no are left out; a source none of whose components is wanted is not asked. */
export function standardScores(
  sources: readonly ScoreSource[],
  catalogSize: number,
  wanted: (component: string) => boolean,
): StandardScores {
  const asked = sources.filter(({ names }) => names.some(wanted))
  const buffers = asked.map(({ names }) => names.map(() => new Float64Array(catalogSize)))
  const kept = asked.flatMap(({ names }, s) => names.map((name, n) => ({ name, scores: buffers[s]![n]! })))
  const components = kept.filter(({ name }) => wanted(name))
  const scores = components.map((component) => component.scores)
  const deviations = new Float64Array(components.length)
  return {
    deviations,
    names: components.map(({ name }) => name),
    of(past) {
      for (const [s, source] of asked.entries()) source.score(past, buffers[s]!)
      for (const [c, component] of scores.entries()) deviations[c] = standardise(component)
      return scores
    },
    sharing(past) {
      const parts = asked.map((source) => ({ names: source.names, add: source.sharing?.(past) }))
      return (item) => {
        return parts.flatMap(({ names, add }) => {
          const shares = names.map(() => new Float64Array(past.items.length))
          add?.(item, shares)
          return shares.filter((_, n) => wanted(names[n]!))
        })
      }
    },
  }
}
