import { decodingRecord } from './corrupt-record.ts'
import type { PartitionState } from './interest-store.ts'
import { decodeInteger, encodeInteger } from './number-codec.ts'
import { type RecordFields, requireField, requireText } from './record-fields.ts'
import { decodeTrending, encodeTrending } from './trending-codec.ts'

/* A partition's record, named `<topic>/<partition>`:
 *
 *   position   decimal text: every record before this offset has been applied
 *   landmark   decimal text, ms since the epoch: when the weights stand as stored
 *   trending   binary list                                                          trending-codec.ts
 */

export interface PartitionFields {
  readonly position: string
  readonly landmark: string
  readonly trending: Buffer
}

export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

/** @throws HL_STORE_CORRUPT */
export function parsePartitionName(name: string): { topic: string; partition: number } {
  const slash = name.lastIndexOf('/')
  return { topic: name.slice(0, slash), partition: decodeInteger(name.slice(slash + 1), 'partition') }
}

export function encodePartition({ position, trending }: PartitionState): PartitionFields {
  return {
    position: encodeInteger(position),
    landmark: encodeInteger(trending.landmarkMs),
    trending: encodeTrending(trending.weights),
  }
}

/** @throws HL_STORE_CORRUPT */
export function decodePartition(name: string, fields: RecordFields): PartitionState {
  return decodingRecord('partition', name, () => ({
    ...parsePartitionName(name),
    position: decodeInteger(requireText(fields, 'position'), 'position'),
    trending: {
      landmarkMs: decodeInteger(requireText(fields, 'landmark'), 'landmark'),
      weights: decodeTrending(requireField(fields, 'trending'), 'trending'),
    },
  }))
}
