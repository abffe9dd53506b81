import { timingSafeEqual } from 'node:crypto'
import { type ApiKeyRecord, digestOf, idOf } from './api-key.ts'

/** The keys that open something at this moment. */
export interface KeyRing {
  readonly size: number
  /** The record of a presented key; undefined when it is unknown, altered or expired. */
  find(key: string, nowMs: number): ApiKeyRecord | undefined
}

const NOBODY = Buffer.alloc(32)

export function keyRing(records: readonly ApiKeyRecord[]): KeyRing {
  const byId = new Map(
    records.map((record) => [record.id, { record, digest: Buffer.from(record.sha256, 'hex') }]),
  )
  return {
    size: byId.size,
    find(key, nowMs) {
      const known = byId.get(idOf(key) ?? '')
      // An unknown id is compared as well, so that the time taken tells nothing.
      const fits = timingSafeEqual(digestOf(key), known?.digest ?? NOBODY)
      if (!fits || known === undefined) return undefined
      const { expiresAt } = known.record
      return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs ? undefined : known.record
    },
  }
}
