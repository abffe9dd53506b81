import { createReadStream } from 'node:fs'
import { HalflifeError, messageOf } from '../../../libs/errors/halflife-error.ts'
import { byteLines } from '../../../libs/event/byte-lines.ts'

const [TAB, CARRIAGE_RETURN, SPACE] = [0x09, 0x0d, 0x20]
/** A longer line is no event or item of ours. */
const LONGEST_LINE = 4_194_304

/** Lines of a file that are not blank, counted from 1. @throws HL_IMPORT when it cannot be read */
export async function* linesIn(path: string): AsyncGenerator<{ bytes: Uint8Array; line: number }> {
  let line = 0
  try {
    for await (const bytes of byteLines(createReadStream(path), LONGEST_LINE)) {
      line++
      if (!isBlank(bytes)) yield { bytes, line }
    }
  } catch (error) {
    throw new HalflifeError('HL_IMPORT', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Of a file whose lines end in CR LF an empty line holds the CR. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN)
}
