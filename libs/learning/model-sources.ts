import type { Timescale } from '../interest/interest-shape.ts'
import { newestOf, type ScoreSource } from './past.ts'
import { latelyLearned } from './sources/lately.ts'
import { ownItems } from './sources/own-items.ts'
import { popularity } from './sources/popularity.ts'
import { sessionKnn } from './sources/session-knn.ts'
import { tableSource } from './sources/table-source.ts'
import { vectorSource } from './sources/vector-source.ts'
import type { TrainedModel } from './train-model.ts'

/** Decays (in places) of item-kNN from which the best is taken; the first stands for the newest item alone. */
export const knnDecays = [0.1, 0.7, 1.5, 3, 6, 12, 25] as const
const VECTOR_DECAYS = [1, 3, 8] as const

/** What production holds of a user: the bounds of the remembered events and of the seen items, and the timescales of the
 *  interest vectors. */
export interface Memory {
  readonly mostRemembered: number
  readonly mostSeen: number
  readonly timescales: readonly Timescale[]
  /** What each timescale counts in a taste. */
  readonly timescaleWeights: Readonly<Record<string, number>>
}

/** What a mixture can be made of that rests on nothing but what was learned, and on the events that a state remembers.
 *  @param newest what is wanted lately: as the model knows it, or as history had it at each moment of asking */
export function modelSources(
  model: TrainedModel,
  memory: Memory,
  repeats: boolean,
  newest: readonly ScoreSource[] = latelyLearned(model.lately),
): ScoreSource[] {
  const sources = [
    popularity(model.popularity),
    ...newest,
    ...knnDecays.map((decay) => tableSource(`item-knn@${decay}`, { ...model.cosines, decay })),
    ...model.together.map((table) => tableSource(`together@${table.decay}`, table)),
    sessionKnn(model.trails, model.popularity),
    ...model.tables.map((table) => tableSource(`item-item@${table.decay}`, table)),
    vectorsOf('behavior', behaviorVectors(model), memory),
    ...(repeats && model.returns ? [ownItems(model.returns, memory.mostSeen)] : []),
  ]
  return sources.map((source) => remembering(source, memory.mostRemembered))
}

/** The source asked about what a state remembers of a past. */
function remembering({ names, score, sharing, products }: ScoreSource, most: number): ScoreSource {
  return {
    names,
    score: (past, scores) => score(newestOf(past, most), scores),
    ...(products && {
      products: { ...products, queries: (past) => products.queries(newestOf(past, most)) },
    }),
    ...(sharing && {
      sharing(past) {
        const share = sharing(newestOf(past, most))
        return (item, shares) =>
          share(
            item,
            shares.map((each) => each.subarray(-most)),
          )
      },
    }),
  }
}

/** Likeness in one space, by the clock and by place. */
export function vectorsOf(
  space: string,
  vectors: readonly (Float32Array | undefined)[],
  { timescales, timescaleWeights, mostRemembered }: Memory,
): ScoreSource {
  const weights = { spaces: {}, timescales: timescaleWeights }
  return vectorSource({ space, vectors, timescales, weights, decays: VECTOR_DECAYS, mostRemembered })
}

/** By item number, views of the model's own memory. */
export function behaviorVectors({ factors, catalogSize }: TrainedModel): Float32Array[] {
  const { dimension, vectors } = factors
  return Array.from({ length: catalogSize }, (_, item) => {
    return vectors.subarray(item * dimension, (item + 1) * dimension)
  })
}
