import { z } from 'zod'

/** Users, items, events and sessions are named by their owners: any text of 1 to 256 bytes of UTF-8. */
export const LONGEST_ID_BYTES = 256

export const identifier = z
  .string()
  .min(1, 'is empty')
  .refine((id) => Buffer.byteLength(id) <= LONGEST_ID_BYTES, `is longer than ${LONGEST_ID_BYTES} bytes`)
