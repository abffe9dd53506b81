import type { Past, ScoreSource } from '../past.ts'
import { chanceOfReturn, pauseOf, type Returns } from '../returns.ts'

/** What the user had before, for data in which things are wanted again: the chance that each comes back now, and how many
 *  times the chance of one that they never had that is, as a logarithm: what was had this very moment is then less than new.
 *  @param mostSeen items that a state keeps of a user */
export function ownItems(returns: Returns, mostSeen: number): ScoreSource {
  /** By item had, had last first: float64. */
  const chancesOf = ({ had, nowMs }: Past): Float64Array => {
    return Float64Array.from(had.items.subarray(0, mostSeen), (item, k) => {
      return chanceOfReturn(returns, item, had.times[k]!, pauseOf(nowMs, had.lastSeconds[k]!))
    })
  }
  const oddsOf = (chance: number): number => Math.log(chance / returns.novel)
  return {
    names: ['own-items@chance', 'own-items@odds'],
    score(past, [chances, odds]) {
      chances!.fill(0)
      odds!.fill(0)
      for (const [k, chance] of chancesOf(past).entries()) {
        chances![past.had.items[k]!] = chance
        odds![past.had.items[k]!] = oddsOf(chance)
      }
    },
    sharing(past) {
      const chances = chancesOf(past)
      return (item, [chanceShares, oddsShares]) => {
        const k = past.had.items.indexOf(item)
        if (k === -1 || k >= chances.length) return
        shareEvenly(past, item, chances[k]!, past.had.times[k]!, chanceShares!)
        shareEvenly(past, item, oddsOf(chances[k]!), past.had.times[k]!, oddsShares!)
      }
    },
  }
}

/** Every event with the item has the same share of its score, also those that are not remembered any more. */
function shareEvenly(
  { items }: Past,
  item: number,
  score: number,
  times: number,
  shares: Float64Array,
): void {
  const own = [...items.keys()].filter((p) => items[p] === item)
  for (const p of own) shares[p] = score / Math.max(times, own.length)
}
