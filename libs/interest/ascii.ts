/** Whether the bytes are ASCII letters alone, and so Latin-1 as well as UTF-8: a slice of a text made once is then enough. */
export function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > 0x7f) return false
  return true
}
