import { corruptField } from './corrupt-record.ts'

/** A stored record: what Redis calls a hash. Every adapter keeps the same fields with the same bytes. */
export type RecordFields = ReadonlyMap<string, Buffer>

/** @throws HL_STORE_CORRUPT when the field is missing */
export function requireField(fields: RecordFields, name: string): Buffer {
  const value = fields.get(name)
  if (value === undefined) throw corruptField(name, 'is missing')
  return value
}

/** The field as UTF-8. @throws HL_STORE_CORRUPT when it is missing */
export function requireText(fields: RecordFields, name: string): string {
  return requireField(fields, name).toString()
}
