import { z } from 'zod'
import { nearestName } from './nearest-name.ts'

/** Says of a field that a schema does not name where it stands, and which one was probably meant. */
export const unknownField: z.core.$ZodErrorMap = ({ code, path = [], keys, inst }) => {
  if (code !== 'unrecognized_keys') return undefined
  const [unknown] = keys as string[]
  const known = namesIn(inst)
  const meant = nearestName(unknown!, known)
  const place = [...path, unknown].join('.')
  if (meant !== undefined) return `${place} is not known here; did you mean ${meant}?`
  return `${place} is not known here; ${known.length === 0 ? 'nothing' : known.join(', ')} may be given`
}

/** What an object, or a record of named keys, may have. */
function namesIn(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum)
    return schema.keyType.options.map(String)
  return []
}
