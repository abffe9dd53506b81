import { SEEN_HEADER_BYTES, SEEN_ITEM_BYTES, SEEN_VERSION, SeenItems } from '../interest/seen-items.ts'
import { ByteReader, requireVersion } from './byte-reader.ts'
import { corruptField } from './corrupt-record.ts'

/** Seen items lie in the store as libs/interest/seen-items.ts describes, and are kept as they lie. @throws HL_STORE_CORRUPT */
export function decodeSeen(bytes: Buffer, field: string): SeenItems {
  requireVersion(new ByteReader(bytes, field), field, SEEN_VERSION)
  if ((bytes.length - SEEN_HEADER_BYTES) % SEEN_ITEM_BYTES !== 0) {
    throw corruptField(field, `has ${bytes.length} bytes, not ${SEEN_HEADER_BYTES} + n × ${SEEN_ITEM_BYTES}`)
  }
  return new SeenItems(bytes)
}
