import { type ItemItemTable, scorePast, strengthOf } from '../item-item.ts'
import { newestOf, placeWeights, type ScoreSource } from '../past.ts'

/** Rows of a table for the events that a user's state remembers. */
export function tableSource(name: string, table: ItemItemTable, mostRemembered: number): ScoreSource {
  return {
    names: [name],
    score(past, [scores]) {
      scorePast(table, newestOf(past, mostRemembered), scores!)
    },
    sharing(past) {
      const weights = placeWeights(newestOf(past, mostRemembered).times, table.decay)
      const newest = past.items.length - 1
      return (item, [shares]) => {
        for (let k = 0; k < weights.length; k++) {
          shares![newest - k] = weights[k]! * strengthOf(table, past.items[newest - k]!, item)
        }
      }
    },
  }
}
