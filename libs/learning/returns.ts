import { MOST_TIMES } from '../interest/seen-items.ts'
import type { EpochMs } from '../interest/time.ts'
import type { TimedSequences } from './sequences.ts'

/** How things come back. The chance that an event is about an item that its user had before is
 *
 *      byTimes[how often] · byPause[how long ago] · byItem[item]
 *
 *  a multiplicative Poisson model, whose factors follow from its margins (Deming and Stephan, "On a least squares
 *  adjustment", 1940): what returned, over what the other factors let expect. What is known little of is drawn towards 1. */
export interface Returns {
  /** float64[MOST_TIMES + 1] */
  readonly byTimes: Float64Array
  /** float64[PAUSES] */
  readonly byPause: Float64Array
  /** float64[catalogSize] */
  readonly byItem: Float64Array
  /** Chance that an event is about one given item that its user did not have. */
  readonly novel: number
}

/** Pauses are told apart by the power of two of their seconds; no time at all, as within a basket, is one of its own. */
const PAUSES = 33
/** At most so many pairs of a place in a sequence and an item had before it are counted. */
const MOST_PAIRS = 20_000_000
const PASSES = 20
/** Returns of nothing special that each factor begins with. */
const DOUBT = 1
const DOUBT_OF_ITEM = 10

/** Those of an item had last `lastSeconds` ago. */
export function pauseOf(nowMs: EpochMs, lastSeconds: number): number {
  const seconds = Math.floor(nowMs / 1_000) - lastSeconds
  return seconds < 1 ? 0 : Math.min(PAUSES - 1, 1 + Math.floor(Math.log2(seconds)))
}

/** Chance that the item comes next. */
export function chanceOfReturn(
  { byTimes, byPause, byItem }: Returns,
  item: number,
  times: number,
  pause: number,
): number {
  return byTimes[times]! * byPause[pause]! * byItem[item]!
}

export function learnReturns(sequences: TimedSequences): Returns {
  const chances = new Float64Array((MOST_TIMES + 1) * PAUSES)
  const returned = new Float64Array(chances.length)
  let [novelEvents, novelItems] = [0, 0]
  const stride = strideOf(sequences)
  walk(sequences, stride, {
    onHad(_, times, pause, returns) {
      chances[times * PAUSES + pause]!++
      if (returns) returned[times * PAUSES + pause]!++
    },
    onPlace(had, isNovel) {
      novelItems += sequences.catalogSize - had
      if (isNovel) novelEvents++
    },
  })
  const factors = factorsOf(chances, returned)
  return {
    ...factors,
    byItem: itemFactors(sequences, stride, factors),
    novel: (novelEvents + DOUBT) / (novelItems + DOUBT),
  }
}

/** Row and column factors of a table of counts, by turns. */
function factorsOf(chances: Float64Array, returned: Float64Array): Pick<Returns, 'byTimes' | 'byPause'> {
  const overall = (sumOf(returned) + DOUBT) / (sumOf(chances) + DOUBT)
  const byTimes = new Float64Array(MOST_TIMES + 1).fill(1)
  const byPause = new Float64Array(PAUSES).fill(overall)
  for (let pass = 0; pass < PASSES; pass++) {
    for (let times = 0; times <= MOST_TIMES; times++) {
      let [came, expected] = [DOUBT, DOUBT]
      for (let pause = 0; pause < PAUSES; pause++) {
        came += returned[times * PAUSES + pause]!
        expected += chances[times * PAUSES + pause]! * byPause[pause]!
      }
      byTimes[times] = came / expected
    }
    for (let pause = 0; pause < PAUSES; pause++) {
      let [came, expected] = [DOUBT * overall, DOUBT]
      for (let times = 0; times <= MOST_TIMES; times++) {
        came += returned[times * PAUSES + pause]!
        expected += chances[times * PAUSES + pause]! * byTimes[times]!
      }
      byPause[pause] = came / expected
    }
  }
  return { byTimes, byPause }
}

function itemFactors(
  sequences: TimedSequences,
  stride: number,
  { byTimes, byPause }: Pick<Returns, 'byTimes' | 'byPause'>,
): Float64Array {
  const came = new Float64Array(sequences.catalogSize).fill(DOUBT_OF_ITEM)
  const expected = came.slice()
  walk(sequences, stride, {
    onHad(item, times, pause, returns) {
      expected[item]! += byTimes[times]! * byPause[pause]!
      if (returns) came[item]!++
    },
    onPlace() {},
  })
  return came.map((count, item) => count / expected[item]!)
}

interface Walk {
  /** An item that the user had before the place, and whether it is the one that came there. */
  onHad(item: number, times: number, pause: number, returns: boolean): void
  onPlace(had: number, isNovel: boolean): void
}

/** Every so many places of each sequence. */
function strideOf({ starts }: TimedSequences): number {
  let pairs = 0
  for (let u = 0; u + 1 < starts.length; u++) pairs += (starts[u + 1]! - starts[u]!) ** 2 / 2
  return Math.max(1, Math.ceil(pairs / MOST_PAIRS))
}

function walk(
  { starts, items, times, catalogSize }: TimedSequences,
  stride: number,
  { onHad, onPlace }: Walk,
) {
  const slotOf = new Int32Array(catalogSize).fill(-1)
  for (let u = 0; u + 1 < starts.length; u++) {
    const [had, counts, lastSeconds]: [number[], number[], number[]] = [[], [], []]
    for (let p = starts[u]!; p < starts[u + 1]!; p++) {
      const item = items[p]!
      if (had.length > 0 && p % stride === 0) {
        for (let k = 0; k < had.length; k++) {
          onHad(had[k]!, counts[k]!, pauseOf(times[p]!, lastSeconds[k]!), had[k] === item)
        }
        onPlace(had.length, slotOf[item] === -1)
      }
      if (slotOf[item] === -1) slotOf[item] = had.push(item) - 1
      const slot = slotOf[item]!
      counts[slot] = Math.min(MOST_TIMES, (counts[slot] ?? 0) + 1)
      lastSeconds[slot] = Math.floor(times[p]! / 1_000)
    }
    for (const item of had) slotOf[item] = -1
  }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
