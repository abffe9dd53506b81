import { decodingRecord } from '../corrupt-record.ts'
import { requireText } from '../record-fields.ts'
import { TOMBSTONE_TTL_MS } from '../retention.ts'
import { decodeSource, encodeSource, isNewer, type Source } from '../source-codec.ts'
import type { ExpiringTable } from './expiring-table.ts'
import { packRecord, unpackRecord } from './packed-record-codec.ts'

/** Replaces a record, unless the stored one came from a later offset of the same partition. Without fields only the
 *  source is kept, for some time, to refuse an older write. Returns whether it was written. */
export function writeSourced(
  table: ExpiringTable,
  id: string,
  fields: readonly (readonly [name: string, value: Buffer | string])[],
  source: Source,
): boolean {
  const key = Buffer.from(id)
  const stored = table.get(key)
  if (stored && isNewer(sourceOf(id, stored), source)) return false
  const ttlMs = fields.length === 0 ? TOMBSTONE_TTL_MS : Number.POSITIVE_INFINITY
  table.put(key, packRecord([['source', encodeSource(source)], ...fields]), ttlMs)
  return true
}

function sourceOf(id: string, bytes: Buffer): Source {
  return decodingRecord('record', id, () =>
    decodeSource(requireText(unpackRecord(bytes), 'source'), 'source'),
  )
}
