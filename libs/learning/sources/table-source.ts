import { type ItemItemTable, scorePast } from '../item-item.ts'
import { newestOf, type ScoreSource } from '../past.ts'

/** Rows of a table for the events that a user's state remembers. */
export function tableSource(name: string, table: ItemItemTable, mostRemembered: number): ScoreSource {
  return {
    names: [name],
    score(past, [scores]) {
      scorePast(table, newestOf(past, mostRemembered), scores!)
    },
  }
}
