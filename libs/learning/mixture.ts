import type { Choice } from './choice.ts'
import { gainOf } from './gain.ts'
import { isClear, pairedGain } from './paired-gain.ts'

/** Weights of standard scores by component; one that is not named counts 0. */
export type MixtureWeights = Readonly<Record<string, number>>

/** Components count by a power of what they are worth alone, the one of these that ranks the choices best. Powers of the
 *  performance are the simplest weights that serve well in the fusion of result lists (Wu, Bi, Zeng, Han, "Assigning
 *  appropriate weights for the linear combination data fusion method in information retrieval", IPM 2009), and hold one
 *  figure a component that is estimated from all choices: little to be wrong about. Where one component towers over the
 *  others, as what was had before does where people buy the same again, a small power would drown it. */
const POWERS = [1, 2, 4, 8]

/** What something counts beside something better, by what each is worth alone; 1 where nothing is better. The square is the
 *  power where nothing tells which. */
export function countsBeside(worth: number, other: number): number {
  return other > worth ? (worth / other) ** 2 : 1
}

/** Rounds over all components. */
const ROUNDS = 4
/** What a weight is tried to be multiplied by. */
const FACTORS = [0, 0.5, 0.8, 1.25, 2]

/** Weights ≥ 0 that rank what was taken highest: coordinate ascent on the mean discounted gain 1/log₂(1 + place) over all
 *  places. It works on a measure of ranking itself, which no smooth loss stands for well: the likelihood of a softmax is
 *  decided by the choices that no mixture gets right.
 *  @param names of the components, in the order of the scores
 *  @returns largest weight 1; components at 0 left out */
export function tuneMixture(choices: readonly Choice[], names: readonly string[]): MixtureWeights {
  if (names.length === 0) return {}
  const ranking = rankingOf(choices, names.length)
  const weights = ascend(ranking, bestPrior(choices, names, ranking))
  const largest = Math.max(...weights)
  const shares = weights.map((weight, c) => [names[c]!, weight / largest] as const)
  return Object.fromEntries(shares.filter(([, share]) => share > 0))
}

/** What the mixture is worth on each choice: mean discounts of what was taken, float64[choices].
 *  @param names of the components, in the order of the scores */
export function mixtureGains(
  choices: readonly Choice[],
  names: readonly string[],
  weights: MixtureWeights,
): Float64Array {
  return rankingOf(choices, names.length).start(names.map((name) => weights[name] ?? 0))
}

function ascend(ranking: Ranking, start: readonly number[]): number[] {
  const weights = [...start]
  let gains = ranking.start(weights)
  for (let round = 0; round < ROUNDS; round++) {
    let changed = false
    for (const c of weights.keys()) {
      for (const factor of FACTORS) {
        const change = (factor - 1) * weights[c]!
        if (change === 0 || weights.every((weight, other) => (other === c ? factor : weight) === 0)) continue
        const tried = ranking.tried(c, change)
        if (!isClear(pairedGain(tried, gains))) continue
        gains = tried
        ranking.moved(c, change)
        weights[c]! *= factor
        changed = true
      }
    }
    if (!changed) break
  }
  return weights
}

/** What each component is worth alone, to the power that ranks best, the variants of one part sharing what the part has:
 *  `text@1` and `text@8` are half a vote each. All alike where nothing tells them apart. */
function bestPrior(choices: readonly Choice[], names: readonly string[], ranking: Ranking): number[] {
  const gains = names.map((_, c) => gainOf(choices, c, names.length))
  const largest = Math.max(...gains)
  const sizes = new Map<string, number>()
  for (const name of names) sizes.set(partOf(name), (sizes.get(partOf(name)) ?? 0) + 1)
  const priors = POWERS.map((power) => {
    return names.map(
      (name, c) => (largest > 0 ? (gains[c]! / largest) ** power : 1) / sizes.get(partOf(name))!,
    )
  })
  const worths = priors.map((prior) => ranking.start(prior).reduce((sum, gain) => sum + gain, 0))
  return priors[worths.indexOf(Math.max(...worths))]!
}

/** `text@8` is of the part `text`. */
export function partOf(component: string): string {
  return component.split('@')[0]!
}

/** Gains are float64[choices]. */
interface Ranking {
  start(weights: readonly number[]): Float64Array
  /** Gains if the weight of component c changed by `change`. */
  tried(c: number, change: number): Float64Array
  moved(c: number, change: number): void
}

function rankingOf(choices: readonly Choice[], m: number): Ranking {
  const depth = choices.reduce((most, { scores }) => Math.max(most, scores.length / m), 1)
  const sums = choices.map(({ scores }) => new Float64Array(scores.length / m))
  const discounts = Float64Array.from({ length: depth }, (_, place) => 1 / Math.log2(place + 2))
  const tried = (c: number, change: number): Float64Array => {
    const gains = new Float64Array(choices.length)
    for (const [i, choice] of choices.entries()) gains[i] = gainWith(choice, sums[i]!, c, change, discounts)
    return gains
  }
  const moved = (c: number, change: number): void => {
    for (const [i, { scores }] of choices.entries()) {
      const own = sums[i]!
      const column = c * own.length
      for (let k = 0; k < own.length; k++) own[k]! += change * scores[column + k]!
    }
  }
  return {
    start(weights) {
      for (const own of sums) own.fill(0)
      weights.forEach((weight, c) => {
        moved(c, weight)
      })
      return tried(0, 0)
    },
    tried,
    moved,
  }
}

/** Mean discount over what was taken. */
function gainWith(
  { scores, taken }: Choice,
  sums: Float64Array,
  c: number,
  change: number,
  discounts: Float64Array,
): number {
  const column = c * sums.length
  let gain = 0
  for (let t = 0; t < taken; t++) {
    const own = sums[t]! + change * scores[column + t]!
    let place = 0
    for (let k = taken; k < sums.length; k++) {
      if (sums[k]! + change * scores[column + k]! > own) place++
    }
    gain += discounts[place]!
  }
  return gain / taken
}
