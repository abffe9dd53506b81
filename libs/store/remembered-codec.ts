import { EVENT_LIST_VERSION, EventList } from '../interest/event-list.ts'
import { ByteReader, requireVersion } from './byte-reader.ts'
import { corruptField } from './corrupt-record.ts'

/* Remembered (or waiting) events lie in the store as libs/interest/event-list.ts describes, and are kept as they lie. What is
 * read is walked through once, so that nothing after it can leave the bytes. */

/** Of an event, before the number of its kind and behind it: what is no number that leads anywhere. */
const FINGERPRINT_AND_TIME_BYTES = 16
const WEIGHT_BYTES = 8

/** @throws HL_STORE_CORRUPT */
export function decodeRemembered(bytes: Buffer, field: string): EventList {
  const reader = new ByteReader(bytes, field)
  requireVersion(reader, field, EVENT_LIST_VERSION)
  const kinds = reader.u16()
  for (let left = kinds; left > 0; left--) {
    reader.skip(WEIGHT_BYTES)
    reader.skip(reader.u8())
  }
  for (let left = reader.u16(); left > 0; left--) {
    reader.skip(FINGERPRINT_AND_TIME_BYTES)
    const kind = reader.u16()
    if (kind >= kinds) throw corruptField(field, `refers to kind ${kind} of ${kinds}`)
    reader.skip(reader.u8() + 1)
  }
  reader.end()
  return new EventList(bytes)
}
