import { corruptField } from './corrupt-record.ts'
import { decodeInteger, encodeInteger } from './number-codec.ts'

/* Applied offsets, UTF-8 text: `topic/partition=offset`, sorted by code unit, joined by commas:
 *
 *   halflife.events/3=1234,halflife.events/7=99
 *
 * The text is canonical: equal offsets are equal text. So whoever guards a write compares text with text and no
 * number is ever formatted or compared as a string. Topics contain no `,`, `=` or `/`. */

/** @param applied offset by `topic/partition` */
export function encodeOffsets(applied: ReadonlyMap<string, number>): string {
  const entries = [...applied].map(([partition, offset]) => {
    if (!PARTITION.test(partition)) throw new Error(`"${partition}" is not a topic/partition`)
    return `${partition}=${encodeInteger(offset)}`
  })
  return entries.sort().join(',')
}

/** @throws HL_STORE_CORRUPT */
export function decodeOffsets(text: string, field: string): Map<string, number> {
  const applied = new Map<string, number>()
  if (text === '') return applied
  for (const entry of text.split(',')) {
    const [partition = '', offset = '', ...more] = entry.split('=')
    if (!PARTITION.test(partition) || more.length > 0) {
      throw corruptField(field, `holds "${entry}", not topic/partition=offset`)
    }
    applied.set(partition, decodeInteger(offset, field))
  }
  return applied
}

const PARTITION = /^[^,=/]+\/\d+$/
