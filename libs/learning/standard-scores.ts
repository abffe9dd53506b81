import type { Past, ScoreSource } from './past.ts'
import { standardise } from './standardise.ts'

/** Standard scores of all components for one past after another, in memory that is used again. */
export interface StandardScores {
  readonly names: readonly string[]
  /** By component: float64[catalogSize], valid until the next call. */
  of(past: Past): readonly Float64Array[]
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
  return {
    names: components.map(({ name }) => name),
    of(past) {
      for (const [s, source] of asked.entries()) source.score(past, buffers[s]!)
      for (const component of scores) standardise(component)
      return scores
    },
  }
}
