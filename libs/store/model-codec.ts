import { z } from 'zod'
import { corruptField, decodingRecord } from './corrupt-record.ts'
import { decodeJson } from './json-codec.ts'
import type { ModelRecord } from './model-store.ts'

/* What is known of a model is JSON. Its bytes lie in parts of at most 4 MiB: a larger value would keep everybody else
 * waiting for the server while it is moved. */

const PART_BYTES = 4 * 1024 * 1024

const modelRecordSchema = z.object({
  id: z.string(),
  createdAtMs: z.number(),
  learnedUntilMs: z.number(),
  bytes: z.number().int(),
  events: z.number().int(),
  users: z.number().int(),
  items: z.number().int(),
  imported: z.object({ part: z.string(), rows: z.number().int(), file: z.string() }).optional(),
  trial: z
    .object({
      cases: z.number().int(),
      ndcg: z.number(),
      interests: z.number().optional(),
      live: z.object({ id: z.string(), ndcg: z.number() }).optional(),
    })
    .optional(),
})

export function encodeModelRecord(model: ModelRecord): string {
  return JSON.stringify(model)
}

/** @throws HL_STORE_CORRUPT */
export function decodeModelRecord(id: string, json: string): ModelRecord {
  return decodingRecord('model', id, () => decodeJson(json, modelRecordSchema, 'record'))
}

export function partsOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: partCount(bytes.length) }, (_, part) => {
    return bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)
  })
}

export function partCount(bytes: number): number {
  return Math.ceil(bytes / PART_BYTES)
}

/** @throws HL_STORE_CORRUPT when not all of its bytes are there */
export function joinParts({ id, bytes }: ModelRecord, parts: readonly (Buffer | null | undefined)[]): Buffer {
  return decodingRecord('model', id, () => {
    const present = parts.filter((part) => part !== null && part !== undefined)
    const joined = Buffer.concat(present)
    if (joined.length !== bytes) throw corruptField('parts', `hold ${joined.length} bytes of ${bytes}`)
    return joined
  })
}
