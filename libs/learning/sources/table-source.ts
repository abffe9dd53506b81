import { type ItemItemTable, scorePast } from '../item-item.ts'
import type { ScoreSource } from '../past.ts'

/** Rows of a table for the events that a user's state remembers. */
export function tableSource(name: string, table: ItemItemTable, mostRemembered: number): ScoreSource {
  return {
    names: [name],
    score({ items, times }, [scores]) {
      const remembered = { items: items.subarray(-mostRemembered), times: times.subarray(-mostRemembered) }
      scorePast(table, remembered, scores!)
    },
  }
}
