import { decodingRecord } from './corrupt-record.ts'
import { decodeCountsByGroup, encodeCountsByGroup } from './counts-by-group-codec.ts'
import type { PartitionState } from './interest-store.ts'
import { decodeInteger, encodeInteger } from './number-codec.ts'
import { decodeNumbersById, encodeNumbersById } from './numbers-by-id-codec.ts'
import { type RecordFields, requireField, requireText } from './record-fields.ts'

/* A partition's record, named `<topic>/<partition>`:
 *
 *   position   decimal text: every record before this offset has been applied
 *   landmark   decimal text, ms since the epoch: when the weights of `trending` stand as stored
 *   trending   binary list: weight by item                                          numbers-by-id-codec.ts
 *   contexts   binary list: the same by context; empty when there are none          counts-by-group-codec.ts
 *   recent     binary list: offset by user; empty when there are none               numbers-by-id-codec.ts
 *
 * A record written before there were the last two has neither. */

export interface PartitionFields {
  readonly position: string
  readonly landmark: string
  readonly trending: Buffer
  readonly contexts: Buffer
  readonly recent: Buffer
}

export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

/** @throws HL_STORE_CORRUPT */
export function parsePartitionName(name: string): { topic: string; partition: number } {
  const slash = name.lastIndexOf('/')
  return { topic: name.slice(0, slash), partition: decodeInteger(name.slice(slash + 1), 'partition') }
}

export function encodePartition({ position, trending, contexts, recent }: PartitionState): PartitionFields {
  return {
    position: encodeInteger(position),
    landmark: encodeInteger(trending.landmarkMs),
    trending: encodeNumbersById(trending.weights),
    contexts: contexts?.size ? encodeCountsByGroup(contexts) : Buffer.alloc(0),
    recent: recent?.size ? encodeNumbersById(recent) : Buffer.alloc(0),
  }
}

/** @throws HL_STORE_CORRUPT */
export function decodePartition(name: string, fields: RecordFields): PartitionState {
  const [contexts, recent] = [fields.get('contexts'), fields.get('recent')]
  return decodingRecord('partition', name, () => ({
    ...parsePartitionName(name),
    position: decodeInteger(requireText(fields, 'position'), 'position'),
    trending: {
      landmarkMs: decodeInteger(requireText(fields, 'landmark'), 'landmark'),
      weights: decodeNumbersById(requireField(fields, 'trending'), 'trending'),
    },
    ...(contexts?.length && { contexts: decodeCountsByGroup(contexts, 'contexts') }),
    ...(recent?.length && { recent: decodeNumbersById(recent, 'recent') }),
  }))
}
