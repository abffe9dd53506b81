import type { z } from 'zod'
import { corruptField } from './corrupt-record.ts'

/** Parses UTF-8 JSON and holds it against its schema. @throws HL_STORE_CORRUPT */
export function decodeJson<T>(text: string, schema: z.ZodType<T>, field: string): T {
  const result = schema.safeParse(jsonOrUndefined(text))
  if (!result.success) throw corruptField(field, 'is not JSON of the documented shape')
  return result.data
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
