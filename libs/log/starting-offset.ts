import { HalflifeError } from '../errors/halflife-error.ts'
import type { SubscriptionOptions } from './event-log.ts'

/** The offsets that a partition holds: from `start` up to, not including, `end`. */
export interface PartitionBounds {
  readonly start: number
  readonly end: number
}

/** Where a partition begins according to `startAt`; undefined leaves it to the group's commit.
 *  An answer from before the log's start becomes the start: what is gone cannot be delivered. One from beyond the end
 *  is refused: the log has lost records that were applied, or is another log, and whatever it holds under the
 *  offsets up to the answer would be taken for applied.
 *  @throws HL_STORE_CONTRACT when the answer lies beyond the end, or did; whatever `startAt` and `boundsOf` reject with */
export type StartingOffset = (
  subscription: Pick<SubscriptionOptions, 'startAt' | 'onExpired'>,
  topic: string,
  partition: number,
) => Promise<number | undefined>

/** One for each log that is open: what it has refused once it refuses for good, although the log grows past it. Another
 *  answer, of a store that was emptied or rebuilt, is looked at anew. */
export function startingOffsets(
  boundsOf: (topic: string, partition: number) => Promise<PartitionBounds>,
): StartingOffset {
  const refused = new Map<string, HalflifeError>()

  return async ({ startAt, onExpired }, topic, partition) => {
    const answer = await startAt?.(topic, partition)
    if (answer === undefined) return undefined
    if (!Number.isSafeInteger(answer) || answer < 0) {
      throw new Error(`startAt(${topic}, ${partition}) must answer an offset or undefined, got ${answer}`)
    }
    const place = `${topic}/${partition}@${answer}`
    const refusal = refused.get(place)
    if (refusal !== undefined) throw refusal
    const { start, end } = await boundsOf(topic, partition)
    if (answer > end) {
      const error = beyondTheEnd(topic, partition, answer, end)
      refused.set(place, error)
      throw error
    }
    if (answer > 0 && answer < start) onExpired?.({ topic, partition, count: start - answer })
    return Math.max(answer, start)
  }
}

function beyondTheEnd(topic: string, partition: number, answer: number, end: number): HalflifeError {
  return new HalflifeError(
    'HL_STORE_CONTRACT',
    `The store has applied ${topic}[${partition}] up to offset ${answer}, but the log ends at ${end}: it is not the ` +
      'log the store was filled from, or it has been cut short. Use the right log, or an empty store and a replay.',
  )
}
