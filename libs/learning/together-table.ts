import { strongest } from '../ranking/strongest.ts'
import { growingTable, type ItemItemTable } from './item-item.ts'
import { scratchRow } from './scratch-row.ts'
import type { Occurrences, Sequences } from './sequences.ts'

/** Places within which two events count as near, both ways; what comes after counts double. */
const NEAR = 10
const WINDOW = 60
const AFTER = 1
const BEFORE = 0.5
const NEIGHBOURS = 300
/** Sightings of nothing that each item begins with, so that one chance meeting does not make two items inseparable. */
const DOUBT = 5

/** Decayed co-occurrence in sequences, divided by how often the source occurs and weighted by how telling it is:
 *
 *      t_ij = Σ_users e^(−|gap|/10) · log(users/n_i) / √(n_i + 5)
 *
 *  These are counts that a stream of events can keep up by itself: no system is solved. */
export function togetherTable(
  sequences: Sequences,
  occurrences: Occurrences,
  ownToo: boolean,
): ItemItemTable {
  const { starts, items, catalogSize } = sequences
  const { eventStarts, events, userOf, userStarts } = occurrences
  const users = starts.length - 1
  const fading = Float64Array.from({ length: WINDOW + 1 }, (_, gap) => Math.exp(-gap / NEAR))
  const row = scratchRow(catalogSize)
  const table = growingTable(catalogSize)
  for (let item = 0; item < catalogSize; item++) {
    for (let e = eventStarts[item]!; e < eventStarts[item + 1]!; e++) {
      const place = events[e]!
      const from = Math.max(starts[userOf[place]!]!, place - WINDOW)
      const to = Math.min(starts[userOf[place]! + 1]! - 1, place + WINDOW)
      for (let p = from; p < place; p++) row.add(items[p]!, BEFORE * fading[place - p]!)
      for (let p = place + 1; p <= to; p++) row.add(items[p]!, AFTER * fading[p - place]!)
    }
    const touched = row.taken().filter((other) => ownToo || other !== item)
    const had = userStarts[item + 1]! - userStarts[item]!
    const factor = Math.log(Math.max(1, users / (had + 1))) / Math.sqrt(had + DOUBT)
    const kept = strongest(touched, row.sums, NEIGHBOURS)
    table.append(
      kept,
      Float32Array.from(kept, (other) => factor * row.sums[other]!),
    )
    row.clear()
  }
  return table.finished(1)
}
