/** A batch holds at most so many records, in every adapter: what handles one works within known memory and time, and
 *  closing waits for no more than one. Whoever is behind gains by large ones: a user whose events come several to a batch
 *  is read and written once for all of them (docs/performance.md). */
export const maxBatchRecords = 4_000
