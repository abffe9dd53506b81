/** How an environment is opened so that a promise resolves when the bytes are on disk, and rejects where somebody awaits it. */
export const durableCommits = {
  // Each transaction is on disk before the next begins. Where they overlap, lmdb 3.5 loses one now and then when several
  // processes write at once: of 3,000 appends by three processes one in some forty runs lost a record, and none of two hundred since.
  overlappingSync: false,
  // Batching by turns makes promises that nobody awaits; when the disk is full their rejection ends the process.
  eventTurnBatching: false,
} as const

/** Why a transaction failed. lmdb rejects with an error that holds the promise of the reason; unless somebody awaits that, it
 *  ends the process. */
export async function commitFailure(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error && error.commitError instanceof Promise))
    return error
  return error.commitError.catch((reason: unknown) => reason)
}
