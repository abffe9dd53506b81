import { type Choice, type MixtureWeights, partOf, tuneMixture } from '../learning/mixture.ts'
import { knnDecays } from '../learning/model-sources.ts'
import type { TimedChoice } from './choices.ts'
import { type Method, type MethodName, methodNames } from './method.ts'

/** Places down to which a hit counts in the tuning: deeper than any page, which makes the measure steadier. */
const DEPTH = 20

/** Fewer choices after a pause than this do not tell how those differ from the others. */
const FEWEST_AFTER_PAUSE = 100

/** Weights of each method, fitted on choices of the validation. Methods of which no component is there are left out. */
export function tuneMethods(choices: readonly TimedChoice[], components: readonly string[]): Method[] {
  const of = (part: string): string[] => components.filter((name) => partOf(name) === part)
  const fitted = (part: string): Weights => ({ weights: tuneOn(choices, components, of(part)) })
  const knn = bestOf(choices, components, of('item-knn'))
  const methods: Readonly<Record<MethodName, () => Weights>> = {
    popularity: () => ({ weights: ones(of('popularity')) }),
    'decayed-popularity': () => ({ weights: ones(bestOf(choices, components, of('decayed-popularity'))) }),
    'last-item': () => ({ weights: ones(components.filter((name) => name === `item-knn@${knnDecays[0]}`)) }),
    'item-knn': () => ({ weights: ones(knn) }),
    text: () => fitted('text'),
    behavior: () => fitted('behavior'),
    'item-item': () => fitted('item-item'),
    blend: () => {
      const names = components.filter((name) => partOf(name) !== 'item-knn' || name === knn)
      return tunedByPause(choices, components, names)
    },
  }
  return methodNames
    .map((name) => ({ name, ...methods[name]() }))
    .filter((method) => Object.keys(method.weights).length > 0)
}

type Weights = Pick<Method, 'weights' | 'weightsAfterPause'>

/** One mixture for people in the middle of something, one for those who come back, where there are enough of both. */
function tunedByPause(
  choices: readonly TimedChoice[],
  components: readonly string[],
  names: readonly string[],
): Weights {
  const after = choices.filter(({ afterPause }) => afterPause)
  const within = choices.filter(({ afterPause }) => !afterPause)
  if (Math.min(after.length, within.length) < FEWEST_AFTER_PAUSE) {
    return { weights: tuneOn(choices, components, names) }
  }
  return {
    weights: tuneOn(within, components, names),
    weightsAfterPause: tuneOn(after, components, names),
  }
}

function tuneOn(
  choices: readonly Choice[],
  components: readonly string[],
  names: readonly string[],
): MixtureWeights {
  return tuneMixture(narrowed(choices, components, names), names)
}

function ones(names: string | undefined | readonly string[]): MixtureWeights {
  return Object.fromEntries([names ?? []].flat().map((name) => [name, 1]))
}

/** The one component of `names` that ranks best by itself. */
function bestOf(
  choices: readonly Choice[],
  components: readonly string[],
  names: readonly string[],
): string | undefined {
  const gains = names.map((name) => gainOf(choices, components.indexOf(name), components.length))
  return names[gains.indexOf(Math.max(...gains))]
}

/** Mean discounted gain of one component down to DEPTH. */
export function gainOf(choices: readonly Choice[], component: number, components: number): number {
  let gain = 0
  for (const { scores, taken } of choices) {
    const size = scores.length / components
    const own = scores.subarray(component * size, (component + 1) * size)
    for (let t = 0; t < taken; t++) {
      let place = 0
      for (let k = taken; k < size && place < DEPTH; k++) if (own[k]! > own[t]!) place++
      if (place < DEPTH) gain += 1 / Math.log2(place + 2) / taken
    }
  }
  return choices.length > 0 ? gain / choices.length : 0
}

/** The same choices with the scores of `names` alone, in their order. */
function narrowed(
  choices: readonly Choice[],
  components: readonly string[],
  names: readonly string[],
): Choice[] {
  const columns = names.map((name) => components.indexOf(name))
  return choices.map(({ scores, taken }) => {
    const size = scores.length / components.length
    const kept = new Float32Array(columns.length * size)
    columns.forEach((column, c) => {
      kept.set(scores.subarray(column * size, (column + 1) * size), c * size)
    })
    return { scores: kept, taken }
  })
}
