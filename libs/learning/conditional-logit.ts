import type { Choice } from './choice.ts'

/** Probability that a choice had for reasons that no weight accounts for. It bounds what one choice can say: those that no
 *  mixture gets right would otherwise decide, for the logarithm of their probability falls without end. */
const CHANCE = 0.01
/** How strongly weights are drawn to where they began, beside the likelihood of all choices. */
const DRAW = 5
const MOST_STEPS = 100
const FIRST_STEP = 0.05
/** A step is shortened so often before the ascent counts as ended. */
const MOST_SHORTENED = 12
/** Mean log-likelihood that a further step has to bring. */
const LEAST_GAIN = 1e-6

/** Weights ≥ 0 of the conditional logit model (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974),
 *  by which a candidate is taken with probability softmax(Σ weight · score): the most of
 *
 *      Σ log(CHANCE + probability of what was taken) − DRAW · ‖weights − start‖²
 *
 *  by projected gradient steps of Barzilai and Borwein's length (IMA Journal of Numerical Analysis, 1988). Of choices that
 *  no component would have proposed the candidates are no sample, for what was taken was put among them: they are left out.
 *  @param start float64[components] */
export function conditionalLogit(choices: readonly Choice[], start: readonly number[]): number[] {
  const told = choices.filter(({ proposed }) => proposed)
  if (told.length === 0) return [...start]
  const likelihood = likelihoodOf(told, start)
  let here = likelihood(start)
  let length = FIRST_STEP
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = better(here, length, likelihood)
    if (next === undefined) break
    const gain = next.value - here.value
    length = stepLength(here, next)
    here = next
    if (gain < LEAST_GAIN) break
  }
  return here.weights
}

/** A place of the ascent. */
interface Place {
  readonly weights: number[]
  readonly value: number
  /** float64[components] */
  readonly slope: Float64Array
}

function better(here: Place, length: number, likelihood: (weights: number[]) => Place): Place | undefined {
  for (let shortened = 0; shortened < MOST_SHORTENED; shortened++) {
    const reach = length / 4 ** shortened
    const next = likelihood(here.weights.map((weight, c) => Math.max(0, weight + reach * here.slope[c]!)))
    if (next.value > here.value) return next
  }
  return undefined
}

/** By the curvature between two places. */
function stepLength(from: Place, to: Place): number {
  let [squares, bend] = [0, 0]
  for (const [c, weight] of to.weights.entries()) {
    const moved = weight - from.weights[c]!
    squares += moved ** 2
    bend -= moved * (to.slope[c]! - from.slope[c]!)
  }
  return bend > 0 ? squares / bend : FIRST_STEP
}

function likelihoodOf(
  choices: readonly Choice[],
  start: readonly number[],
): (weights: readonly number[]) => Place {
  const m = start.length
  const most = choices.reduce((size, { scores }) => Math.max(size, scores.length / m), 0)
  const chances = new Float64Array(most)
  return (weights) => {
    const slope = new Float64Array(m)
    let value = 0
    for (const choice of choices) value += addChoice(choice, weights, chances, slope)
    for (const [c, weight] of weights.entries()) {
      const away = weight - start[c]!
      value -= DRAW * away ** 2
      slope[c] = (slope[c]! - 2 * DRAW * away) / choices.length
    }
    return { weights: [...weights], value: value / choices.length, slope }
  }
}

/** @param slope gets what the choice adds to it @returns log-likelihood of the choice */
function addChoice(
  { scores, taken }: Choice,
  weights: readonly number[],
  chances: Float64Array,
  slope: Float64Array,
): number {
  const size = scores.length / weights.length
  softmax(scores, weights, chances.subarray(0, size))
  let ours = 0
  for (let k = 0; k < taken; k++) ours += chances[k]!
  const share = ours / (CHANCE + ours)
  for (let c = 0; c < weights.length; c++) {
    const column = c * size
    let [all, own] = [0, 0]
    for (let k = 0; k < taken; k++) own += chances[k]! * scores[column + k]!
    for (let k = 0; k < size; k++) all += chances[k]! * scores[column + k]!
    if (ours > 0) slope[c]! += share * (own / ours - all)
  }
  return Math.log(CHANCE + ours)
}

/** @param chances float64[candidates], overwritten */
function softmax(scores: Float32Array, weights: readonly number[], chances: Float64Array): void {
  const size = chances.length
  chances.fill(0)
  for (const [c, weight] of weights.entries()) {
    if (weight === 0) continue
    for (let k = 0; k < size; k++) chances[k]! += weight * scores[c * size + k]!
  }
  let highest = Number.NEGATIVE_INFINITY
  for (let k = 0; k < size; k++) highest = Math.max(highest, chances[k]!)
  let sum = 0
  for (let k = 0; k < size; k++) sum += chances[k] = Math.exp(chances[k]! - highest)
  for (let k = 0; k < size; k++) chances[k]! /= sum
}
