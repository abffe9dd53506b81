import { z } from 'zod'
import type { UserLink } from '../interest/user-state.ts'
import { decodeJson } from './json-codec.ts'

/* Other ids of the same person, JSON, last told first; times are ms since the epoch:
 *
 *   [{"userId":"cookie-7","at":1767268800000}]
 */

const linksSchema = z.array(z.object({ userId: z.string(), at: z.number().int() }))

/** undefined for none. */
export function encodeLinks(links: readonly UserLink[] = []): string | undefined {
  if (links.length === 0) return undefined
  return JSON.stringify(links.map(({ userId, atMs }) => ({ userId, at: atMs })))
}

/** None when the field is absent. @throws HL_STORE_CORRUPT */
export function decodeLinks(bytes: Buffer | undefined, field: string): UserLink[] {
  if (bytes === undefined) return []
  return decodeJson(bytes.toString(), linksSchema, field).map(({ userId, at }) => ({ userId, atMs: at }))
}
