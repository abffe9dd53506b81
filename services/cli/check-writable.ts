import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HalflifeError, messageOf } from '../../libs/errors/halflife-error.ts'

/** Minutes of work are not to be lost to a folder that is not there. @throws HL_DATA */
export async function checkWritable(path: string | undefined): Promise<void> {
  if (path === undefined) return
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw new HalflifeError('HL_DATA', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  })
}
