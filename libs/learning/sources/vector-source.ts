import { decay } from '../../interest/decay.ts'
import { interestShape, type Timescale } from '../../interest/interest-shape.ts'
import { emptyInterest, foldEvent, type ItemVectors } from '../../interest/interest-state.ts'
import { addScaled } from '../../interest/vector.ts'
import { type ScoreWeights, tasteAt } from '../../ranking/taste.ts'
import { type Past, placeWeights, type ScoreSource } from '../past.ts'
import { multiply, product, spreadOver } from '../products.ts'

export interface VectorSourceOptions {
  readonly space: string
  /** By item number: unit vectors of one length; undefined for items that have none. */
  readonly vectors: readonly (Float32Array | undefined)[]
  readonly timescales: readonly Timescale[]
  readonly weights: ScoreWeights
  /** Decays by place in the sequence, beside those by the clock. */
  readonly decays: readonly number[]
  readonly mostRemembered: number
}

/** Likeness of vectors to a user's taste, `query · v`: `<space>@clock` is the production taste, folded event by event and
 *  read at the moment of asking; `<space>@<places>` are decayed sums over the events that a state remembers. Items
 *  without a vector score 0. */
export function vectorSource(options: VectorSourceOptions): ScoreSource {
  const { space, vectors, decays } = options
  const dimension = vectors.find((vector) => vector !== undefined)?.length ?? 0
  const rows = new Float32Array(vectors.length * dimension)
  vectors.forEach((vector, item) => {
    if (vector !== undefined) rows.set(vector, item * dimension)
  })
  const clock = clockOf(options, dimension)
  const queries = (past: Past) => [
    clock.query(past),
    ...decays.map((decay) => placeQuery(past, decay, options, dimension)),
  ]
  return {
    names: [`${space}@clock`, ...decays.map((decay) => `${space}@${decay}`)],
    score: (past, scores) => multiply(rows, queries(past), scores),
    products: { rows, queries, spreadOf: spreadOver(rows, dimension) },
    sharing(past) {
      const weights = [clock.weights(past), ...decays.map((decay) => eventWeights(past, decay, options))]
      return (item, shares) => {
        for (let p = 0; p < past.items.length; p++) {
          const likeness = product(rows, dimension, item, past.items[p]!)
          for (const [q, own] of weights.entries()) shares[q]![p] = own[p]! * likeness
        }
      }
    },
  }
}

/** The production taste of a past. */
interface Clock {
  /** float32[dimension] */
  query(past: Past): Float32Array
  /** What each event counts in the query: float64[events], oldest first. */
  weights(past: Past): Float64Array
}

function clockOf({ space, vectors, timescales, weights }: VectorSourceOptions, dimension: number): Clock {
  const shape = interestShape([{ name: space, dimension, model: space }], timescales)
  const nothing: ItemVectors = new Map()
  const byItem = vectors.map((vector) => vector && (new Map([[space, vector]]) as ItemVectors))
  const stateAfter = ({ items, times, weights: eventWeights }: Past) => {
    const state = emptyInterest(shape)
    for (let p = 0; p < items.length; p++) {
      const event = { occurredAtMs: times[p]!, weight: eventWeights[p]! }
      foldEvent(state, shape, event, byItem[items[p]!] ?? nothing)
    }
    return state
  }
  return {
    query: (past) => tasteAt(stateAfter(past), shape, weights, past.nowMs).queries.get(space)!,
    weights(past) {
      const state = stateAfter(past)
      const [coefficients] = tasteAt(state, shape, weights, past.nowMs).coefficients
      return Float64Array.from(past.times, (time, p) => {
        const left = timescales.map(({ halfLifeMs }, t) => {
          return coefficients![t]! * decay(state.asOfMs - time, halfLifeMs)
        })
        return past.weights[p]! * left.reduce((sum, part) => sum + part, 0)
      })
    },
  }
}

/** What each event counts that a state remembers, decayed by place: float64[events], oldest first. */
function eventWeights(
  { times }: Past,
  places: number,
  { mostRemembered }: VectorSourceOptions,
): Float64Array {
  const weights = new Float64Array(times.length)
  for (const [k, weight] of placeWeights(times.subarray(-mostRemembered), places).entries()) {
    weights[times.length - 1 - k] = weight
  }
  return weights
}

function placeQuery(
  { items, times }: Past,
  decay: number,
  { vectors, mostRemembered }: VectorSourceOptions,
  dimension: number,
): Float32Array {
  const query = new Float32Array(dimension)
  for (const [k, weight] of placeWeights(times.subarray(-mostRemembered), decay).entries()) {
    const vector = vectors[items[items.length - 1 - k]!]
    if (vector !== undefined) addScaled(query, 0, vector, weight)
  }
  return query
}
