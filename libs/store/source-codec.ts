import { corruptField } from './corrupt-record.ts'

/* Where in the log a record comes from, ASCII text: `partition/offset`, such as `3/1234`. */

export interface Source {
  readonly partition: number
  readonly offset: number
}

export function encodeSource({ partition, offset }: Source): string {
  return `${partition}/${offset}`
}

/** @throws HL_STORE_CORRUPT */
export function decodeSource(text: string, field: string): Source {
  const [, partition, offset] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (partition === undefined || offset === undefined) {
    throw corruptField(field, `is "${text}", not partition/offset`)
  }
  return { partition: Number(partition), offset: Number(offset) }
}

/** True when `stored` came later from the same partition. Sources of two partitions have no order. */
export function isNewer(stored: Source, incoming: Source): boolean {
  return stored.partition === incoming.partition && stored.offset > incoming.offset
}
