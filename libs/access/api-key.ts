import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { scopes } from './scopes.ts'

/* A key reads `hl_<id>_<secret>`: the id, 8 hex digits, finds its record; the secret is 256 random bits. Of something
 * that random a plain SHA-256 cannot be undone, so a slow password hash would only slow every request down. */

const KEY = /^hl_([0-9a-f]{8})_[A-Za-z0-9_-]{43}$/

/** A key as it is kept: nothing in it opens anything. */
export const apiKeyRecord = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/, 'must be 8 hex digits'),
  /** Whose key it is; one name may have several, while one takes over from another. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  /** SHA-256 of the whole key, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
  scopes: z.array(z.enum(scopes)).min(1),
  /** Requests a second to each process; undefined: as many as it likes. */
  perSecond: z.number().int().min(1).optional(),
  createdAt: z.iso.datetime(),
  /** From then on it opens nothing. */
  expiresAt: z.iso.datetime().optional(),
})

export type ApiKeyRecord = z.infer<typeof apiKeyRecord>

/** The key itself is in no file and cannot be had again. */
export function newApiKey(facts: Omit<ApiKeyRecord, 'id' | 'sha256'>): { key: string; record: ApiKeyRecord } {
  const id = randomBytes(4).toString('hex')
  const key = `hl_${id}_${randomBytes(32).toString('base64url')}`
  return { key, record: { id, ...facts, sha256: digestOf(key).toString('hex') } }
}

/** @returns undefined for what does not even look like a key */
export function idOf(key: string): string | undefined {
  return KEY.exec(key)?.[1]
}

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
