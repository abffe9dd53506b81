import type { Choice } from '../learning/choice.ts'
import { gainOf } from '../learning/gain.ts'
import { type MixtureWeights, partOf, tuneMixture } from '../learning/mixture.ts'
import { knnDecays } from '../learning/model-sources.ts'
import type { TimedChoice } from './choices.ts'
import { type Method, type MethodName, methodNames } from './method.ts'

/** Fewer choices after a pause than this do not tell how those differ from the others. */
const FEWEST_AFTER_PAUSE = 100

/** Weights of each method, fitted on choices of the validation. Methods of which no component is there are left out. */
export function tuneMethods(
  choices: readonly TimedChoice[],
  components: readonly string[],
  wanted: readonly MethodName[],
): Method[] {
  const of = (part: string): string[] => components.filter((name) => partOf(name) === part)
  const fitted = (part: string): Weights => ({ weights: tuneOn(choices, components, of(part)) })
  const methods: Readonly<Record<MethodName, () => Weights>> = {
    popularity: () => ({ weights: ones(of('popularity')) }),
    'decayed-popularity': () => ({ weights: ones(bestOf(choices, components, of('decayed-popularity'))) }),
    'last-item': () => ({ weights: ones(components.filter((name) => name === `item-knn@${knnDecays[0]}`)) }),
    'item-knn': () => ({ weights: ones(bestOf(choices, components, of('item-knn'))) }),
    text: () => fitted('text'),
    behavior: () => fitted('behavior'),
    'item-item': () => fitted('item-item'),
    'equal-tables': () => ({ weights: ones(of('item-item')) }),
    blend: () => {
      // Cosines say what the tables say, less well.
      const names = components.filter((name) => partOf(name) !== 'item-knn')
      return tunedByPause(choices, components, names)
    },
  }
  return methodNames
    .filter((name) => wanted.includes(name))
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

/** The same choices with the scores of `names` alone, in their order. */
function narrowed(
  choices: readonly Choice[],
  components: readonly string[],
  names: readonly string[],
): Choice[] {
  const columns = names.map((name) => components.indexOf(name))
  return choices.map(({ scores, taken, proposed }) => {
    const size = scores.length / components.length
    const kept = new Float32Array(columns.length * size)
    columns.forEach((column, c) => {
      kept.set(scores.subarray(column * size, (column + 1) * size), c * size)
    })
    return { scores: kept, taken, proposed }
  })
}
