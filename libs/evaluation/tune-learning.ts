import { LRUCache } from 'lru-cache'
import type { ItemItemTable } from '../learning/item-item.ts'
import { type LearningSettings, learningSchema, tableKindsOf } from '../learning/learning-settings.ts'
import { mixtureGains } from '../learning/mixture.ts'
import type { TableKind } from '../learning/table-recipe.ts'
import type { TrainedModel } from '../learning/train-model.ts'
import { type Fit, type FitOptions, findTables, fitMixtures, restOf } from './fit.ts'
import type { Halves } from './sample-cases.ts'
import { type Knob, type KnobValues, type Search, type SearchOptions, searchKnobs } from './search-knobs.ts'
import type { Case, Period } from './split.ts'

const HALF_OR_DOUBLE = [0.5, 2]
/** A table takes the cube of its neighbours in time. */
const HALF_OR_MORE = [0.5, 1.5]

/** The names are those of the settings of learning, in capitals those of the environment. */
const knobs: readonly Knob[] = [
  { name: 'neighbours', factors: HALF_OR_MORE, least: 10, most: 1_000, whole: true },
  { name: 'dimension', factors: HALF_OR_DOUBLE, least: 8, most: 512, whole: true },
  { name: 'decays', factors: HALF_OR_DOUBLE, least: 0.1, most: 300, whole: false },
  { name: 'wholeHistoryDecay', factors: HALF_OR_DOUBLE, least: 0.1, most: 300, whole: false },
  { name: 'ridges', factors: [0.3, 3], least: 1, most: 1e6, whole: false },
  { name: 'REMEMBERED_EVENTS', factors: [0.4, 2], least: 5, most: 1_000, whole: true },
]

export interface TunedLearning {
  readonly search: Search
  readonly learning: LearningSettings
  readonly mostRemembered: number
  /** With these settings, by the climbing half. */
  readonly fit: Fit
}

/** Searches how a model is best learned, by what its own blend is worth on the validation: all weights, and of each table
 *  the ridge, are fitted anew for each step. */
export async function tuneLearning(
  validation: Period,
  { climbing, confirming }: Halves,
  options: FitOptions,
  search: Omit<SearchOptions, 'allows'>,
): Promise<TunedLearning> {
  const { learning, memory } = options
  const rests: Rests = new LRUCache({ max: 2 })
  const fitted = fitsOf(validation, climbing, rests, options)
  const fittedAnew = fitsOf(validation, confirming, rests, options)
  const start: KnobValues = { ...learning, REMEMBERED_EVENTS: memory.mostRemembered }
  const found = await searchKnobs(
    start,
    knobs,
    async (values) => blendGains(await fitted(values)),
    async (values) => blendGains(await fittedAnew(values)),
    {
      ...search,
      allows: ({ REMEMBERED_EVENTS: _, ...own }) => learningSchema.safeParse(own).success,
    },
  )
  return { search: found, ...settingsIn(found.values), fit: await fitted(found.values) }
}

function settingsIn({ REMEMBERED_EVENTS: mostRemembered, ...own }: KnobValues) {
  return { learning: learningSchema.parse(own), mostRemembered: Number(mostRemembered) }
}

/** What needs no solving, by dimension: no case changes anything in it. */
type Rests = LRUCache<number, Omit<TrainedModel, 'tables'>>

/** A knob leaves most of a model as it is: that is kept for the next steps, and bounded, for tables may be large. */
function fitsOf(
  validation: Period,
  cases: readonly Case[],
  rests: Rests,
  options: FitOptions,
): (values: KnobValues) => Promise<Fit> {
  const tables = new LRUCache<string, ItemItemTable>({ max: 3 * tableKindsOf(options.learning).length })
  return async (values) => {
    const { learning, mostRemembered } = settingsIn(values)
    const own = { ...options, learning, memory: { ...options.memory, mostRemembered } }
    const keyOf = (kind: TableKind) => {
      return JSON.stringify([kind, learning.neighbours, learning.ridges, mostRemembered])
    }
    const kinds = tableKindsOf(learning)
    const unknown = kinds.filter((kind) => !tables.has(keyOf(kind)))
    const finding = findTables(validation, cases, unknown, own)
    const rest = rests.get(learning.dimension) ?? restOf(validation, own)
    rests.set(learning.dimension, rest)
    for (const [k, table] of (await finding).entries()) tables.set(keyOf(unknown[k]!), table)
    const model = { ...rest, tables: kinds.map((kind) => tables.get(keyOf(kind))!) }
    return fitMixtures(validation, cases, model, own)
  }
}

function blendGains({ choices, components, methods }: Fit): Float64Array {
  const { weights, weightsAfterPause = weights } = methods.find(({ name }) => name === 'blend')!
  const within = mixtureGains(choices, components, weights)
  const after = mixtureGains(choices, components, weightsAfterPause)
  return within.map((gain, c) => (choices[c]!.afterPause ? after[c]! : gain))
}
