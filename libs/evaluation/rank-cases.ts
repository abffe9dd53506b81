import type { MixtureWeights } from '../learning/mixture.ts'
import { isAfterPause, type Method } from './method.ts'
import { type Ranked, rankedCase } from './ranked.ts'
import type { Case } from './split.ts'
import type { StandardScores } from './standard-scores.ts'

interface Part {
  readonly component: number
  readonly weight: number
}

/** Ranks every case with every method. Components are scored once and shared by the methods.
 *  @param cases in the order of their time: decayed counts then need one pass
 *  @returns by method, in the order of the cases */
export function rankCases(
  cases: readonly Case[],
  methods: readonly Method[],
  standard: StandardScores,
  options: { catalogSize: number; maskSeen: boolean; onCase: (done: number) => void },
): Ranked[][] {
  const partsOf = (weights: MixtureWeights): Part[] => {
    const parts = standard.names.map((name, component) => ({ component, weight: weights[name] ?? 0 }))
    return parts.filter(({ weight }) => weight !== 0)
  }
  const mixtures = methods.map(({ weights, weightsAfterPause = weights }) => {
    return { usual: partsOf(weights), afterPause: partsOf(weightsAfterPause) }
  })
  const ranked: Ranked[][] = methods.map(() => [])
  const sums = new Float64Array(options.catalogSize)
  for (const [c, asked] of cases.entries()) {
    const components = standard.of(asked)
    const paused = isAfterPause(asked)
    for (const [m, { usual, afterPause }] of mixtures.entries()) {
      sums.fill(0)
      for (const { component, weight } of paused ? afterPause : usual) {
        const scores = components[component]!
        for (let item = 0; item < sums.length; item++) sums[item]! += weight * scores[item]!
      }
      ranked[m]!.push(rankedCase(asked, sums, options.maskSeen))
    }
    options.onCase(c + 1)
  }
  return ranked
}
