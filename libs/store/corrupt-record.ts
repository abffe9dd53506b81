import { HalflifeError, isHalflifeError } from '../errors/halflife-error.ts'

/** A stored field that does not have its documented layout. */
export function corruptField(field: string, why: string): HalflifeError {
  return new HalflifeError('HL_STORE_CORRUPT', `${field} ${why}`)
}

/** Runs `decode`, and adds to a corrupt field whose it is and what to do: codecs know the field only. */
export function decodingRecord<T>(kind: string, id: string, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (!isHalflifeError(error, 'HL_STORE_CORRUPT')) throw error
    throw new HalflifeError(
      'HL_STORE_CORRUPT',
      `The stored ${kind} "${id}" cannot be read: ${error.message}. Restore the record, or remove it to go on without it.`,
      { cause: error },
    )
  }
}
