import { z } from 'zod'

/** Users, items, events and sessions are named by their owners: any text of 1 to 256 bytes of UTF-8. */
export const LONGEST_ID_BYTES = 256

/** Of UTF-8, for a unit of a string. */
const MOST_UNIT_BYTES = 3

/** True only for what `identifier` takes, and so for every id that is not unusually long; false says nothing. */
export function isPlainIdentifier(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= LONGEST_ID_BYTES / MOST_UNIT_BYTES &&
    value.isWellFormed()
  )
}

export const identifier = z
  .string()
  .min(1, 'is empty')
  .refine((id) => Buffer.byteLength(id) <= LONGEST_ID_BYTES, {
    error: `is longer than ${LONGEST_ID_BYTES} bytes`,
    params: { code: 'HL_ID_TOO_LONG' },
  })
  // Half a surrogate pair has no UTF-8: two ids that differ in it would become one key.
  .refine((id) => id.isWellFormed(), {
    error: 'holds half a character (a lone surrogate)',
    params: { code: 'HL_ID_ENCODING' },
  })
  .meta({ maxLength: LONGEST_ID_BYTES })
