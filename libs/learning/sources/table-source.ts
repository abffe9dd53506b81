import { type ItemItemTable, scorePast, strengthOf } from '../item-item.ts'
import { placeWeights, type ScoreSource } from '../past.ts'

/** Rows of a table for the events of a past. */
export function tableSource(name: string, table: ItemItemTable): ScoreSource {
  return {
    names: [name],
    score: (past, [scores]) => scorePast(table, past, scores!),
    sharing({ items, times }) {
      const weights = placeWeights(times, table.decay)
      const newest = items.length - 1
      return (item, [shares]) => {
        for (let k = 0; k < weights.length; k++) {
          shares![newest - k] = weights[k]! * strengthOf(table, items[newest - k]!, item)
        }
      }
    },
  }
}
