import { decay } from '../../interest/decay.ts'
import { interestShape, type Timescale } from '../../interest/interest-shape.ts'
import { emptyInterest, foldEvent, type ItemVectors } from '../../interest/interest-state.ts'
import { addScaled } from '../../interest/vector.ts'
import { type ScoreWeights, tasteAt } from '../../ranking/taste.ts'
import { type Past, placeWeights, type ScoreSource } from '../past.ts'

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
  return {
    names: [`${space}@clock`, ...decays.map((decay) => `${space}@${decay}`)],
    score(past, scores) {
      const queries = [
        clock.query(past),
        ...decays.map((decay) => placeQuery(past, decay, options, dimension)),
      ]
      multiply(rows, dimension, queries, scores)
    },
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

function product(rows: Float32Array, dimension: number, left: number, right: number): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) sum += rows[left * dimension + k]! * rows[right * dimension + k]!
  return sum
}

/** Products of each row with each query. Two queries at a time share the reading of a row, and two sums each do not wait for
 *  one another: that is some five times as fast as one product after the other. */
function multiply(
  rows: Float32Array,
  dimension: number,
  queries: readonly Float32Array[],
  products: readonly Float64Array[],
): void {
  for (let q = 0; q < queries.length; q += 2) {
    const [left, right] = [queries[q]!, queries[q + 1] ?? queries[q]!]
    const [intoLeft, intoRight] = [products[q]!, products[q + 1] ?? products[q]!]
    for (let item = 0, start = 0; item < intoLeft.length; item++, start += dimension) {
      let [a, b, c, d] = [0, 0, 0, 0]
      let k = 0
      for (; k + 1 < dimension; k += 2) {
        const x = rows[start + k]!
        const y = rows[start + k + 1]!
        a += left[k]! * x
        b += left[k + 1]! * y
        c += right[k]! * x
        d += right[k + 1]! * y
      }
      if (k < dimension) {
        a += left[k]! * rows[start + k]!
        c += right[k]! * rows[start + k]!
      }
      intoLeft[item] = a + b
      intoRight[item] = c + d
    }
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
