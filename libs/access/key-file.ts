import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { HalflifeError, messageOf } from '../errors/halflife-error.ts'
import { type ApiKeyRecord, apiKeyRecord } from './api-key.ts'

const keyFileSchema = z.strictObject({ keys: z.array(apiKeyRecord) })

/** @throws HL_KEY_FILE when the file cannot be read, or is not of the shape that `halflife keys` writes */
export async function readKeyFile(path: string): Promise<ApiKeyRecord[]> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw keyFileError(path, messageOf(cause), cause)
  }
  const parsed = keyFileSchema.safeParse(content)
  if (parsed.success) return parsed.data.keys
  const [issue] = parsed.error.issues
  throw keyFileError(path, `${issue!.path.join('.') || 'the file'}: ${issue!.message}`)
}

/** In one step: a process that reads at this moment finds the old keys or the new ones. */
export async function writeKeyFile(path: string, keys: readonly ApiKeyRecord[]): Promise<void> {
  const beside = `${path}.new`
  try {
    await writeFile(beside, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 })
    await rename(beside, path)
  } catch (cause) {
    throw keyFileError(path, messageOf(cause), cause)
  }
}

function keyFileError(path: string, problem: string, cause?: unknown): HalflifeError {
  const detail = `the key file ${path} cannot be used (${problem}). \`halflife keys create\` makes one.`
  return new HalflifeError('HL_KEY_FILE', detail, { cause })
}
