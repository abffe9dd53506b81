import type { UserRecord } from './understand-batch.ts'

/** Notes in place which users the batch may have changed, each with the offset of the record that did so last, and keeps the
 *  `most` that were changed last. Whoever is forgotten is noted too: the note is how readers hear of it, whichever
 *  partition lists the user from before.
 *
 *  It goes by the batch and not by what applying it changed: a batch that was cut off between its users and its partition
 *  comes again, changes nothing more, and is noted now. */
export function noteRecent(
  recent: Map<string, number>,
  byUser: ReadonlyMap<string, readonly UserRecord[]>,
  most: number,
): void {
  const changed: [userId: string, offset: number][] = []
  for (const [userId, records] of byUser) {
    const last = records.findLast(({ event }) => event === undefined || event.weight !== 0)
    if (last !== undefined) changed.push([userId, last.offset])
  }
  // Of more than are kept the first would only be dropped again.
  for (const [userId, offset] of changed.sort(([, a], [, b]) => a - b).slice(-most)) {
    // To the end: nobody else on the list was changed by a later record.
    recent.delete(userId)
    recent.set(userId, offset)
  }
  for (const userId of recent.keys()) {
    if (recent.size <= most) break
    recent.delete(userId)
  }
}
