import { createReadStream } from 'node:fs'
import { HalflifeError, messageOf } from '../../../libs/errors/halflife-error.ts'

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const TAB = 0x09
const SPACE = 0x20
/** A longer line is no event or item of ours. */
const LONGEST_LINE = 4_194_304

/** Lines of a file that are not blank, counted from 1. @throws HL_IMPORT when it cannot be read */
export async function* linesIn(path: string): AsyncGenerator<{ bytes: Uint8Array; line: number }> {
  let line = 0
  let rest = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(path)) {
      rest = Buffer.concat([rest, chunk])
      for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
        line++
        const bytes = rest.subarray(0, end)
        if (!isBlank(bytes)) yield { bytes, line }
        rest = rest.subarray(end + 1)
      }
      if (rest.length > LONGEST_LINE) throw new Error(`line ${line + 1} is longer than ${LONGEST_LINE} bytes`)
    }
  } catch (error) {
    throw new HalflifeError('HL_IMPORT', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  if (!isBlank(rest)) yield { bytes: rest, line: line + 1 }
}

/** Of a file whose lines end in CR LF an empty line holds the CR. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN)
}
