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

  /** The events that are looked up: the newest of each different item. */
  function lookedUp({ items: had, times }: Past): Match[] {
    const weights = placeWeights(times, DECAY)
    const found = new Map<number, Match>()
    for (let k = 0; k < weights.length && found.size < MOST_LOOKED_UP; k++) {
      const event = had.length - 1 - k
      const item = had[event]!
      if (!found.has(item)) found.set(item, { item, event, heat: weights[k]! * tellings[item]! })
    }
    return [...found.values()]
  }

  const placesOf = ({ item }: Match) => places.subarray(starts[item], starts[item + 1])

  /** Places of the same history within the window, with what of a match's heat gets there, or comes from there. */
  function near(
    place: number,
    toAfter: number,
    toBefore: number,
    visit: (other: number, part: number) => void,
  ) {
    for (let away = 0; away < WINDOW && items[place + 1 + away] !== END; away++)
      visit(place + 1 + away, toAfter * fading[away]!)
    for (let away = 0; away < WINDOW && place > away && items[place - 1 - away] !== END; away++)
      visit(place - 1 - away, toBefore * fading[away]!)
  }

  /** Those of the item that a match warms. Written out: it is gone through for each item of a page. */
  function warmOf(item: number, matched: Int32Array): Set<number> {
    const warm = new Set<number>()
    for (const place of matched) {
      const [first, last] = [place - WINDOW, place + WINDOW]
      for (let at = place + 1; at <= last && items[at] !== END; at++) if (items[at] === item) warm.add(at)
      for (let at = place - 1; at >= 0 && at >= first && items[at] !== END; at--)
        if (items[at] === item) warm.add(at)
    }
    return warm
  }

  return {
    names: ['session-knn'],
    score(past, [scores]) {
      scores!.fill(0)
      for (const match of lookedUp(past)) {
        for (const place of placesOf(match)) near(place, match.heat, BEFORE * match.heat, warmth.add)
      }
      for (const place of warmth.taken()) scores![items[place]!]! += warmth.sums[place]! ** 2
      for (let item = 0; item < factors.length; item++) scores![item]! *= factors[item]!
      warmth.clear()
    },
    sharing(past) {
      const matchAt = new Map<number, Match>()
      for (const match of lookedUp(past)) for (const place of placesOf(match)) matchAt.set(place, match)
      const matched = Int32Array.from(matchAt.keys())
      return (item, [shares]) => {
        for (const place of warmOf(item, matched)) {
          const heats: { event: number; heat: number }[] = []
          near(place, BEFORE, 1, (other, part) => {
            const match = matchAt.get(other)
            if (match !== undefined) heats.push({ event: match.event, heat: match.heat * part })
          })
          const whole = heats.reduce((sum, { heat }) => sum + heat, 0)
          for (const { event, heat } of heats) shares![event]! += heat * whole * factors[item]!
        }
      }
    },
  }
}

/** An event of the past whose item is looked up. */
interface Match {
  readonly item: number
  /** Its index in the past. */
  readonly event: number
  readonly heat: number
}
