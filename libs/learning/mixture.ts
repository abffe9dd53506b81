import type { Choice } from './choice.ts'
import { conditionalLogit } from './conditional-logit.ts'
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

/** What is gained by a step is believed when it is so many of its standard errors: fewer than where one step decides, for
 *  of all that are believed the best is taken. */
const STANDARD_ERRORS = 1.5
/** Choices that say nothing, before it is believed which component is the best, or what a likelihood finds. */
const DOUBT = 100
/** Steps of one ascent. */
const MOST_STEPS = 40
/** What a weight above 0 is tried to be multiplied by. */
const FACTORS = [0, 0.5, 0.8, 1.25, 2]
/** What part of the largest weight one that is 0 is tried to be. */
const SHARES = [0.03, 0.1, 0.3]

/** Length of the weights that the conditional logit model begins with: its scale says how sure a choice is. */
const FIRST_LENGTH = 0.3

/** Weights ≥ 0 that rank what was taken highest: the mean of three mixtures. Two are climbed to on the mean discounted gain
 *  1/log₂(1 + place) over all places, one from all components, one from the best of them alone: where many say much the
 *  same the first serves better, where one towers over the others the second. The third maximises a likelihood, which moves
 *  all weights at once and so finds what no single step is clear enough for. Each is wrong in a way of its own, and their
 *  mean is near the best of them or better (Bates and Granger, "The combination of forecasts", 1969).
 *  @param names of the components, in the order of the scores
 *  @returns largest weight 1; components at 0 left out */
export function tuneMixture(choices: readonly Choice[], names: readonly string[]): MixtureWeights {
  if (names.length === 0) return {}
  const ranking = rankingOf(choices, names.length)
  const worths = names.map((_, c) => gainOf(choices, c, names.length))
  const best = worths.indexOf(Math.max(...worths))
  const prior = bestPrior(worths, names, ranking)
  const all = unit(climb(ranking, prior))
  const one = unit(
    climb(
      ranking,
      names.map((_, c) => (c === best ? 1 : 0)),
    ),
  )
  const likely = unit(
    conditionalLogit(
      choices,
      unit(prior).map((weight) => FIRST_LENGTH * weight),
    ),
  )
  const vote = choices.length / (choices.length + DOUBT)
  const weights = all.map((weight, c) => weight + vote * (one[c]! + likely[c]!))
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

/** Of all steps that are clearly better the best, again and again. */
function climb(ranking: Ranking, start: readonly number[]): number[] {
  const weights = [...start]
  let gains = ranking.start(weights)
  for (let step = 0; step < MOST_STEPS; step++) {
    let found: { c: number; change: number; gains: Float64Array; mean: number } | undefined
    for (const c of weights.keys()) {
      for (const weight of triedFor(weights, c)) {
        const tried = ranking.tried(c, weight - weights[c]!)
        const gain = pairedGain(tried, gains)
        if (!isClear(gain, STANDARD_ERRORS) || gain.mean <= (found?.mean ?? 0)) continue
        found = { c, change: weight - weights[c]!, gains: tried, mean: gain.mean }
      }
    }
    if (found === undefined) break
    ranking.moved(found.c, found.change)
    weights[found.c]! += found.change
    gains = found.gains
  }
  return weights
}

function triedFor(weights: readonly number[], c: number): number[] {
  const own = weights[c]!
  if (own === 0) return SHARES.map((share) => share * Math.max(...weights))
  return FACTORS.map((factor) => factor * own).filter(
    (weight) => weight > 0 || weights.some((w, o) => o !== c && w > 0),
  )
}

function unit(weights: readonly number[]): number[] {
  const length = Math.hypot(...weights)
  return length > 0 ? weights.map((weight) => weight / length) : [...weights]
}

/** What each component is worth alone, to the power that ranks best, the variants of one part sharing what the part has:
 *  `text@1` and `text@8` are half a vote each. All alike where nothing tells them apart. */
function bestPrior(gains: readonly number[], names: readonly string[], ranking: Ranking): number[] {
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
  const depth = 2 * choices.reduce((most, { scores }) => Math.max(most, scores.length / m), 1)
  const sums = choices.map(({ scores }) => new Float64Array(scores.length / m))
  const discounts = Float64Array.from({ length: depth }, (_, halves) => 1 / Math.log2(halves / 2 + 2))
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

/** Mean discount over what was taken. Equals share their places: a component that knows nothing of most items would
 *  otherwise seem to rank them all first.
 *  @param discounts by half places */
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
    let halves = 0
    for (let k = taken; k < sums.length; k++) {
      const other = sums[k]! + change * scores[column + k]!
      if (other >= own) halves += other === own ? 1 : 2
    }
    gain += discounts[halves]!
  }
  return gain / taken
}
