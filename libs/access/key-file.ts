import { existsSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { HalflifeError, isHalflifeError, messageOf } from '../errors/halflife-error.ts'
import { type ApiKeyRecord, apiKeyRecord } from './api-key.ts'

/** A change takes milliseconds. */
const PATIENCE_MS = 2_000
const LOOK_AGAIN_MS = 20

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

/** In one step: a process that reads at this moment finds the old keys or the new ones. The new file is made before the old one is
 *  read and stands for a lock, so that no key is lost of two that are made at the same time. @throws HL_KEY_FILE */
export async function changeKeyFile(
  path: string,
  change: (keys: readonly ApiKeyRecord[]) => readonly ApiKeyRecord[],
): Promise<void> {
  const beside = `${path}.new`
  const file = await openAlone(path, beside)
  try {
    const keys = change(existsSync(path) ? await readKeyFile(path) : [])
    await file.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`)
    await rename(beside, path)
  } catch (cause) {
    await rm(beside, { force: true })
    throw isHalflifeError(cause) ? cause : keyFileError(path, messageOf(cause), cause)
  } finally {
    await file.close()
  }
}

async function openAlone(path: string, beside: string): Promise<FileHandle> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await open(beside, 'wx', 0o600)
    } catch (cause) {
      const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST'
      if (!isThere) throw keyFileError(path, messageOf(cause), cause)
      if (performance.now() >= deadline) throw leftBehind(path, beside)
      await sleep(LOOK_AGAIN_MS)
    }
  }
}

function leftBehind(path: string, beside: string): HalflifeError {
  const detail =
    `the key file ${path} is being changed by another process, which holds ${beside}. ` +
    `If none is, one was broken off: delete ${beside}.`
  return new HalflifeError('HL_KEY_FILE', detail)
}

function keyFileError(path: string, problem: string, cause?: unknown): HalflifeError {
  const detail = `the key file ${path} cannot be used (${problem}). \`halflife keys create\` makes one.`
  return new HalflifeError('HL_KEY_FILE', detail, { cause })
}
