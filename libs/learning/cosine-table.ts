import { strongest } from '../ranking/strongest.ts'
import { growingTable, type ItemItemTable } from './item-item.ts'
import { scratchRow } from './scratch-row.ts'
import type { Occurrences } from './sequences.ts'

const NEIGHBOURS = 300

/** Cosines of items over the users who had both (Sarwar, Karypis, Konstan, Riedl, WWW 2001), each item's 300 largest. With
 *  `ownToo` an item is its own nearest neighbour, which matters where things are wanted again. */
export function cosineTable(occurrences: Occurrences, catalogSize: number, ownToo: boolean): ItemItemTable {
  const { userStarts, users, distinctStarts, distinct } = occurrences
  const size = (item: number): number => userStarts[item + 1]! - userStarts[item]!
  const row = scratchRow(catalogSize)
  const table = growingTable(catalogSize)
  for (let item = 0; item < catalogSize; item++) {
    for (let u = userStarts[item]!; u < userStarts[item + 1]!; u++) {
      const user = users[u]!
      for (let d = distinctStarts[user]!; d < distinctStarts[user + 1]!; d++) {
        if (ownToo || distinct[d] !== item) row.add(distinct[d]!, 1)
      }
    }
    const touched = row.taken()
    for (const other of touched) row.sums[other]! /= Math.sqrt(size(item) * size(other))
    const kept = strongest(touched, row.sums, NEIGHBOURS)
    table.append(
      kept,
      Float32Array.from(kept, (other) => row.sums[other]!),
    )
    row.clear()
  }
  return table.finished(1)
}
