import { corruptField } from './corrupt-record.ts'

/* Numbers that other programs may read are decimal text: a float64 as the shortest text that reads back as the same
 * float64 ("0.1", "1e-7", "-0"), a whole number as its digits. */

export function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} cannot be stored`)
  return Object.is(value, -0) ? '-0' : String(value)
}

/** @throws HL_STORE_CORRUPT */
export function decodeNumber(text: string, field: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw corruptField(field, `is "${text}", not a number`)
  return value
}

export function encodeInteger(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`${value} is not a whole number that can be stored`)
  return String(value)
}

/** @throws HL_STORE_CORRUPT */
export function decodeInteger(text: string, field: string): number {
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw corruptField(field, `is "${text}", not a whole number`)
  }
  return value
}
