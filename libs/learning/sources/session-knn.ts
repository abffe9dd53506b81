import { type Past, placeWeights, type ScoreSource } from '../past.ts'
import { scratchRow } from '../scratch-row.ts'
import { END, type Trails } from '../trails.ts'

/** δ, in places: what was had last decides where one stands. */
const DECAY = 2
/** The newest different items are looked up, no more than this. */
const MOST_LOOKED_UP = 10
/** Places within which what stands beside a match counts, fading to 1/e in NEAR; what stands before it counts less. */
const WINDOW = 6
const NEAR = 2
const BEFORE = 0.3
/** Sightings of nothing, and the power of its sightings by which an item is divided: what stands everywhere tells little. */
const DOUBT = 5
const COMMONNESS = 0.3

const fading = Float64Array.from({ length: WINDOW }, (_, away) => Math.exp(-away / NEAR))

/** Nearest neighbours among stretches of other histories, after V-SKNN (Ludewig and Jannach, "Evaluation of session-based
 *  recommendation algorithms", UMUAI 2018): each event of the past warms the places beside its item in all histories,
 *
 *      warmth(q) = Σ_events e^(−k/δ) · log(1 + all/n_event) · e^(−distance/NEAR)      score(i) = Σ_q∋i warmth(q)² / (n_i + 5)^0.3
 *
 *  What two events warm together counts for more than what each does alone: so "A then B" can mean what neither means, which
 *  no table can say. With the square of a sum, each event's share of a score is still exact.
 *  @param popularity float64[catalogSize]: events of each item */
export function sessionKnn({ items, starts, places }: Trails, popularity: Float64Array): ScoreSource {
  const all = popularity.reduce((sum, count) => sum + count, 0)
  const tellings = popularity.map((count) => Math.log(1 + all / (count + 1)))
  const factors = popularity.map((count) => (count + DOUBT) ** -COMMONNESS)
  const warmth = scratchRow(items.length)

  /** Each place that an event of the past warms, and by how much; the event as its index in the past. */
  function warm(past: Past, onPlace: (place: number, heat: number, event: number) => void): void {
    const weights = placeWeights(past.times, DECAY)
    const lookedUp = new Set<number>()
    for (let k = 0; k < weights.length && lookedUp.size < MOST_LOOKED_UP; k++) {
      const event = past.items.length - 1 - k
      const item = past.items[event]!
      if (lookedUp.has(item)) continue
      lookedUp.add(item)
      const heat = weights[k]! * tellings[item]!
      for (let at = starts[item]!; at < starts[item + 1]!; at++) {
        const place = places[at]!
        for (let away = 0; away < WINDOW && items[place + 1 + away] !== END; away++)
          onPlace(place + 1 + away, heat * fading[away]!, event)
        for (let away = 0; away < WINDOW && place > away && items[place - 1 - away] !== END; away++)
          onPlace(place - 1 - away, BEFORE * heat * fading[away]!, event)
      }
    }
  }

  return {
    names: ['session-knn'],
    score(past, [scores]) {
      scores!.fill(0)
      warm(past, warmth.add)
      for (const place of warmth.taken()) scores![items[place]!]! += warmth.sums[place]! ** 2
      for (let item = 0; item < factors.length; item++) scores![item]! *= factors[item]!
      warmth.clear()
    },
    sharing(past) {
      warm(past, warmth.add)
      const warmths = new Map(Array.from(warmth.taken(), (place) => [place, warmth.sums[place]!]))
      warmth.clear()
      return (item, [shares]) => {
        warm(past, (place, heat, event) => {
          if (items[place] === item) shares![event]! += heat * warmths.get(place)! * factors[item]!
        })
      }
    },
  }
}
