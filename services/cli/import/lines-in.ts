import { createReadStream } from 'node:fs'
import { HalflifeError, messageOf } from '../../../libs/errors/halflife-error.ts'

const NEWLINE = 0x0a
/** A longer line is no event or item of ours. */
const LONGEST_LINE = 4_194_304

/** Lines of a file that are not empty, counted from 1. @throws HL_IMPORT when it cannot be read */
export async function* linesIn(path: string): AsyncGenerator<{ bytes: Uint8Array; line: number }> {
  let line = 0
  let rest = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(path)) {
      rest = Buffer.concat([rest, chunk])
      for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
        line++
        if (end > 0) yield { bytes: rest.subarray(0, end), line }
        rest = rest.subarray(end + 1)
      }
      if (rest.length > LONGEST_LINE) throw new Error(`line ${line + 1} is longer than ${LONGEST_LINE} bytes`)
    }
  } catch (error) {
    throw new HalflifeError('HL_IMPORT', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  if (rest.length > 0) yield { bytes: rest, line: line + 1 }
}
