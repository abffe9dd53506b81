/** A batch holds at most so many records, in every adapter: what handles one works within known memory and time, and
 *  closing waits for no more than one. */
export const maxBatchRecords = 1_000
